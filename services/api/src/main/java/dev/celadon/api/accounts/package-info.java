/** Accounts and tokens. */
@NullMarked
package dev.celadon.api.accounts;

import org.jspecify.annotations.NullMarked;
