/** Who changed what. */
@NullMarked
package dev.celadon.api.audit;

import org.jspecify.annotations.NullMarked;
