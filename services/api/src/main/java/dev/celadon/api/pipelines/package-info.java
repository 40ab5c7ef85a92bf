/** Pipelines, their couplings and promotions. */
@NullMarked
package dev.celadon.api.pipelines;

import org.jspecify.annotations.NullMarked;
