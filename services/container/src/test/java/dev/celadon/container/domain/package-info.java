@NullMarked
package dev.celadon.container.domain;

import org.jspecify.annotations.NullMarked;
