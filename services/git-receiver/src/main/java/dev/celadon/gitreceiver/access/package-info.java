/** Who may talk about which app. */
@NullMarked
package dev.celadon.gitreceiver.access;

import org.jspecify.annotations.NullMarked;
