/** The words the services share: records on the wire, topics, error ids. No behaviour. */
@NullMarked
package dev.celadon.contract;

import org.jspecify.annotations.NullMarked;
