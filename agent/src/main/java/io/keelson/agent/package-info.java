/**
 * The node agent: runs the pods that the control plane binds to this node, on whatever runtime there is.
 *
 * <p>{@link io.keelson.agent.Agent} puts the parts together: {@code rpc} dials the servers, {@code loop} decides with {@code pod} and acts on a
 * {@code runtime}, {@code proxy} and {@code net} set up traffic, {@code stream} answers questions. Nothing here knows the store or the
 * orchestrator; nothing dials the agent.
 */
@NullMarked
package io.keelson.agent;

import org.jspecify.annotations.NullMarked;
