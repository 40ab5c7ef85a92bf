/** Releases, slugs and builds. */
@NullMarked
package dev.celadon.api.releases;

import org.jspecify.annotations.NullMarked;
