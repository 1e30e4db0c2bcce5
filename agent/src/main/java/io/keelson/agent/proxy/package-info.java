/**
 * Services on this node: what leads where, and who makes it so.
 *
 * <p>{@link io.keelson.agent.proxy.ServiceTable} is computed purely from Services and EndpointSlices as the watch brings them; a
 * {@link io.keelson.agent.proxy.ServiceRouter} makes the node follow it, applying only differences. The table knows no rule language, a
 * router knows no Kubernetes object.
 */
@NullMarked
package io.keelson.agent.proxy;

import org.jspecify.annotations.NullMarked;
