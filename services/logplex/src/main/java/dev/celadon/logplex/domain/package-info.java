/** Buffers, filters and the printed form of log lines. */
@NullMarked
package dev.celadon.logplex.domain;

import org.jspecify.annotations.NullMarked;
