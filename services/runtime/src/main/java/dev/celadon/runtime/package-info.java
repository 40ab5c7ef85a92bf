/** What every service stands on: bus, settings, store, blobs, logs, lifecycle. Knows no service. */
@NullMarked
package dev.celadon.runtime;

import org.jspecify.annotations.NullMarked;
