/** The rules of convergence, crashes, placement and routes. */
@NullMarked
package dev.celadon.manifold.scheduler.domain;

import org.jspecify.annotations.NullMarked;
