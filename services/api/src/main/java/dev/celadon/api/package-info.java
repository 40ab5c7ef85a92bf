/** The Platform API (v3) and the releases behind it. */
@NullMarked
package dev.celadon.api;

import org.jspecify.annotations.NullMarked;
