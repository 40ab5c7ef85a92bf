/** What the tests of every service stand on: a real PostgreSQL and a platform around it. */
@NullMarked
package dev.celadon.runtime.testing;

import org.jspecify.annotations.NullMarked;
