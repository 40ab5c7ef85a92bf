/** One push from its objects to its release. */
@NullMarked
package dev.celadon.gitreceiver.push;

import org.jspecify.annotations.NullMarked;
