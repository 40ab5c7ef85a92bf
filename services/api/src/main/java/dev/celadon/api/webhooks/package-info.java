/** Webhooks and the deliveries of their events. */
@NullMarked
package dev.celadon.api.webhooks;

import org.jspecify.annotations.NullMarked;
