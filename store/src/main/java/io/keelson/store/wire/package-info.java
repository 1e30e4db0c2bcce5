/**
 * Requests and answers between members, in frames over TCP or TLS: few threads, and none between who sends and the kernel. Knows nothing of
 * what the frames mean.
 */
@NullMarked
package io.keelson.store.wire;

import org.jspecify.annotations.NullMarked;
