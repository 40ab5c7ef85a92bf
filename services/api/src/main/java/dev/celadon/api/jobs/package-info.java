/** Scheduler jobs: commands that run as one-off dynos at their times. */
@NullMarked
package dev.celadon.api.jobs;

import org.jspecify.annotations.NullMarked;
