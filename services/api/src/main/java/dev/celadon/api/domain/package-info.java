/** Rules of names, versions and formations. */
@NullMarked
package dev.celadon.api.domain;

import org.jspecify.annotations.NullMarked;
