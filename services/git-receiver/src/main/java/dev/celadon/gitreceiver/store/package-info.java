/** What the service writes to and reads from the store. */
@NullMarked
package dev.celadon.gitreceiver.store;

import org.jspecify.annotations.NullMarked;
