/** HTTP from visitors to dynos. */
@NullMarked
package dev.celadon.router;

import org.jspecify.annotations.NullMarked;
