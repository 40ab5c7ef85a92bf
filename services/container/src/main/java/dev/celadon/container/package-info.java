/** OCI containers on this host: file systems, network, limits, life cycle. Knows neither dynos nor builds. */
@NullMarked
package dev.celadon.container;

import org.jspecify.annotations.NullMarked;
