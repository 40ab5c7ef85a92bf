@NullMarked
package dev.celadon.gitreceiver.repository;

import org.jspecify.annotations.NullMarked;
