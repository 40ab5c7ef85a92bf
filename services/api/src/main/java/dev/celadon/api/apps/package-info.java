/** Apps and their config vars. */
@NullMarked
package dev.celadon.api.apps;

import org.jspecify.annotations.NullMarked;
