/** Git over SSH: keys instead of tokens, then the same conversations as over HTTPS. */
@NullMarked
package dev.celadon.gitreceiver.ssh;

import org.jspecify.annotations.NullMarked;
