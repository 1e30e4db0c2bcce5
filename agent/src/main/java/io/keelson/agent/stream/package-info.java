/**
 * What users ask of containers and this node answers: logs now; exec and port-forward will come beside them.
 *
 * <p>A question comes in by whatever carries it (the tunnels of {@code rpc}); the answer goes piece by piece into an
 * {@link io.keelson.agent.stream.Answer}, which makes the writer wait when the reader is slow. It knows no gRPC.
 */
@NullMarked
package io.keelson.agent.stream;

import org.jspecify.annotations.NullMarked;
