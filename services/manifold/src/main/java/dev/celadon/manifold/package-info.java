/** Dynos over nodes: the scheduler, the node agent, the routing table. */
@NullMarked
package dev.celadon.manifold;

import org.jspecify.annotations.NullMarked;
