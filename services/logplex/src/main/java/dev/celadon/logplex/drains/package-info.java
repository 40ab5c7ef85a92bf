/** Drains: where the lines of an app go beside its log, over sockets that may be slow or dead. */
@NullMarked
package dev.celadon.logplex.drains;

import org.jspecify.annotations.NullMarked;
