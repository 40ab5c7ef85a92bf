/** Log lines in, kept per app, and out to whoever tails them. */
@NullMarked
package dev.celadon.logplex;

import org.jspecify.annotations.NullMarked;
