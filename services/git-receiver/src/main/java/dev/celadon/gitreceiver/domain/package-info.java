/** The rules of a push, in plain Java: which refs build, which are taken, what is said. */
@NullMarked
package dev.celadon.gitreceiver.domain;

import org.jspecify.annotations.NullMarked;
