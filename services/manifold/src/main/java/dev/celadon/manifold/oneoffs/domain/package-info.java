/** The rules by which one-off dynos are placed, stopped and given up. */
@NullMarked
package dev.celadon.manifold.oneoffs.domain;

import org.jspecify.annotations.NullMarked;
