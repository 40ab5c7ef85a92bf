/** One way in and one way out for every request. */
@NullMarked
package dev.celadon.api.http;

import org.jspecify.annotations.NullMarked;
