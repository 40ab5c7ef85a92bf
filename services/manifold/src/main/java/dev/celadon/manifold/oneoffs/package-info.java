/** One-off dynos as the leader sees them: wishes, places, ends. */
@NullMarked
package dev.celadon.manifold.oneoffs;

import org.jspecify.annotations.NullMarked;
