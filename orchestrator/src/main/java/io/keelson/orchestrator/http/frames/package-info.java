/**
 * HTTP/2 by Helidon, of which one rule is kept here: what a client says of a call that has just ended is no offence. The frames of both
 * directions are looked at, as far as their heads, and those that Helidon would take amiss do not reach it.
 *
 * <pre>
 *   client -> socket -> FramesIn  -> Helidon's connection -> requests
 *                          | OpenStreams
 *   client <- socket <- FramesOut <- Helidon's connection <- answers
 * </pre>
 *
 * Must not know what is asked or answered.
 */
@NullMarked
package io.keelson.orchestrator.http.frames;

import org.jspecify.annotations.NullMarked;
