/** A whole cluster on virtual time: the scheduler's own rules against nodes that are only counted. */
@NullMarked
package dev.celadon.manifold.scheduler.simulation;

import org.jspecify.annotations.NullMarked;
