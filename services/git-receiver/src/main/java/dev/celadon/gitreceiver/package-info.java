/** Where a {@code git push} arrives: wiring of the service, read {@code GitReceiverService} first. */
@NullMarked
package dev.celadon.gitreceiver;

import org.jspecify.annotations.NullMarked;
