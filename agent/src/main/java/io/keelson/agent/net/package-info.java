/**
 * The node's own network: the pods' range of addresses and the routes to those of the other nodes.
 *
 * <p>{@link io.keelson.agent.net.NodeNetwork} is told the facts whenever they change and makes the node follow. It knows no pods and no
 * services.
 */
@NullMarked
package io.keelson.agent.net;

import org.jspecify.annotations.NullMarked;
