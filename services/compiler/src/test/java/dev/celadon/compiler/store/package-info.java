/** The compiler's own tables, and what it reads of others. */
@NullMarked
package dev.celadon.compiler.store;

import org.jspecify.annotations.NullMarked;
