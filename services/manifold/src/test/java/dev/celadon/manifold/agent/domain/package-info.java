@NullMarked
package dev.celadon.manifold.agent.domain;

import org.jspecify.annotations.NullMarked;
