/** The dynos of this node. */
@NullMarked
package dev.celadon.manifold.agent;

import org.jspecify.annotations.NullMarked;
