/**
 * What keeps a store well over months: the bound of its space, and history that goes by itself. What to do is decided by pure
 * functions of time and state, given by who asks; the replica asks and acts.
 */
@NullMarked
package io.keelson.store.upkeep;

import org.jspecify.annotations.NullMarked;
