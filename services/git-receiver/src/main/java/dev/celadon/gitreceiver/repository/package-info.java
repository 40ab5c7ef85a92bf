/** The apps' repositories on disk, and the quarantines of pushes under way. */
@NullMarked
package dev.celadon.gitreceiver.repository;

import org.jspecify.annotations.NullMarked;
