/** The rules of a build: what is ignored, how a Procfile reads, how large a slug may be. */
@NullMarked
package dev.celadon.compiler.domain;

import org.jspecify.annotations.NullMarked;
