/** Wanted against actual: one leader converges them. */
@NullMarked
package dev.celadon.manifold.scheduler;

import org.jspecify.annotations.NullMarked;
