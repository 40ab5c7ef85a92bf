/** Certificates by host name, and the pipeline of a TLS connection. */
@NullMarked
package dev.celadon.router.tls;

import org.jspecify.annotations.NullMarked;
