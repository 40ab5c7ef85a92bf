/** A router with raw sockets on both sides. */
@NullMarked
package dev.celadon.router.testing;

import org.jspecify.annotations.NullMarked;
