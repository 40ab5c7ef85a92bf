/** The one executable: starts the chosen services in one process, stops them, cleans the host. */
@NullMarked
package dev.celadon.deploy;

import org.jspecify.annotations.NullMarked;
