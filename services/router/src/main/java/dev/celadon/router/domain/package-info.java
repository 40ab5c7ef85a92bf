/** The table, the choice, the headers and the log line. */
@NullMarked
package dev.celadon.router.domain;

import org.jspecify.annotations.NullMarked;
