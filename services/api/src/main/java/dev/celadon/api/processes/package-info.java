/** Formation, dynos and log sessions. */
@NullMarked
package dev.celadon.api.processes;

import org.jspecify.annotations.NullMarked;
