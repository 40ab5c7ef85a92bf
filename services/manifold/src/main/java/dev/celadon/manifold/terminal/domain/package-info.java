/** The rules of what travels between a terminal and its dyno. */
@NullMarked
package dev.celadon.manifold.terminal.domain;

import org.jspecify.annotations.NullMarked;
