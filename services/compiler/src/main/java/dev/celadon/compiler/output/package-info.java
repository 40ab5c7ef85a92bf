/** What a build prints, kept in a file and streamed to whoever watches. */
@NullMarked
package dev.celadon.compiler.output;

import org.jspecify.annotations.NullMarked;
