/** The meeting of a user's terminal with its one-off dyno. */
@NullMarked
package dev.celadon.manifold.terminal;

import org.jspecify.annotations.NullMarked;
