/**
 * What users ask of containers and this node answers: logs, commands, connections.
 *
 * <p>A question comes in by whatever carries it (the tunnels of {@code rpc}); the answer goes piece by piece into an
 * {@link io.keelson.agent.stream.Answer}, which makes the writer wait when the reader is slow. Who asks for a command or a connection goes on
 * talking: that is a {@link io.keelson.agent.stream.Conversation}. It knows no gRPC. {@link io.keelson.agent.stream.NodePages} is what a node
 * says of itself, in HTTP.
 *
 * <pre>
 *   rpc.Tunnels -- question --> NodeAnswers -- exec, attach, connect --> ContainerRuntime
 *   rpc.Talk    <-- pieces ---- Talking     <-- streams ---------------- its program
 *               --- input ----> Talking     --- stdin ----------------->
 * </pre>
 */
@NullMarked
package io.keelson.agent.stream;

import org.jspecify.annotations.NullMarked;
