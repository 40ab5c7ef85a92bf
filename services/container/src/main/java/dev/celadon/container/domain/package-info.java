/** How control groups are read, as plain rules. */
@NullMarked
package dev.celadon.container.domain;

import org.jspecify.annotations.NullMarked;
