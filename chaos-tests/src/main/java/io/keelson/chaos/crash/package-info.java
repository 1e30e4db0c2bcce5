/**
 * Members that die at named points of their own code, and are started again.
 *
 * <pre>
 *   Deck: which point, at which pass --> Node: a process that dies there --> started again, the next card
 *   Writers: write, and note what was acknowledged                      --> Ledger: what must be there, once, in order
 * </pre>
 *
 * Plain processes on loopback addresses; needs no root.
 */
@NullMarked
package io.keelson.chaos.crash;

import org.jspecify.annotations.NullMarked;
