/** What a dyno may take and what is said of what it takes, as plain rules. */
@NullMarked
package dev.celadon.manifold.agent.domain;

import org.jspecify.annotations.NullMarked;
