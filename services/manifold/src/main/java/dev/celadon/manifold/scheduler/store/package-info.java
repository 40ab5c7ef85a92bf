/** The rows of the manifold. */
@NullMarked
package dev.celadon.manifold.scheduler.store;

import org.jspecify.annotations.NullMarked;
