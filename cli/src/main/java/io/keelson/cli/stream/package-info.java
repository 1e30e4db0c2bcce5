/**
 * Programs in containers and connections to pods, for a person: one call with streams in both directions for each.
 *
 * <p>What comes in is sent as fast as the server takes it, what comes back is asked for as fast as it is written, so neither side's slowness fills
 * memory. Commands open the calls and say to whom; here they are carried. Which server, and how it is reached, is not known here.
 */
@NullMarked
package io.keelson.cli.stream;

import org.jspecify.annotations.NullMarked;
