/** Custom domains and their certificates. */
@NullMarked
package dev.celadon.api.domains;

import org.jspecify.annotations.NullMarked;
