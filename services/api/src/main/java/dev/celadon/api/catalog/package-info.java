/** What the platform offers: regions, stacks, dyno sizes, features, its own schema. */
@NullMarked
package dev.celadon.api.catalog;

import org.jspecify.annotations.NullMarked;
