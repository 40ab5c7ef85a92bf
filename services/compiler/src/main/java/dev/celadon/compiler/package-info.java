/** The slug compiler: pushed source in, slug out. CompilerService wires it; read it first. */
@NullMarked
package dev.celadon.compiler;

import org.jspecify.annotations.NullMarked;
