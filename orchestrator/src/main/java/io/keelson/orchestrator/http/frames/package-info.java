/**
 * HTTP/2 by Helidon, of which two rules are kept here: what a client says of a call that has just ended is no offence, and who writes to a
 * call that the client has given up is told so. The frames of both directions are looked at, as far as their heads.
 *
 * <pre>
 *   client -> socket -> FramesIn  -> Helidon's connection -> requests
 *                          | OpenStreams
 *   client <- socket <- FramesOut <- Helidon's connection <- answers
 * </pre>
 *
 * HTTP/1.1 by Helidon, too, whose pieces of bodies have a bound here.
 *
 * Must not know what is asked or answered.
 */
@NullMarked
package io.keelson.orchestrator.http.frames;

import org.jspecify.annotations.NullMarked;
