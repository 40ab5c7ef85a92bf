/** The steps of one build, from the source to the slug. */
@NullMarked
package dev.celadon.compiler.build;

import org.jspecify.annotations.NullMarked;
