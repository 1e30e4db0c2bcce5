/**
 * The agent's gRPC client of the control plane: the only place where its messages and status codes are known.
 *
 * <p>Implements the ports {@code loop.ControlPlane} and carries the questions of {@code stream} through a tunnel to every server. Calls go to
 * one server until it fails, then to the next; when all have failed the caller hears {@code Unreachable} and decides when to try again.
 */
@NullMarked
package io.keelson.agent.rpc;

import org.jspecify.annotations.NullMarked;
