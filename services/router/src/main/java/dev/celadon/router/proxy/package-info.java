/**
 * The way of a request over Netty's channels: framing of bodies, the client's and the dyno's connection, and the
 * exchange between them. All of it lives on one event loop, so nothing here is shared or locked.
 */
@NullMarked
package dev.celadon.router.proxy;

import org.jspecify.annotations.NullMarked;
