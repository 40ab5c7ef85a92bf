/** Smart HTTP: requests, credentials, and bodies as blocking streams with back-pressure. */
@NullMarked
package dev.celadon.gitreceiver.http;

import org.jspecify.annotations.NullMarked;
