/**
 * A whole cluster on this machine: what `keelson up`, `status` and `down` do.
 *
 * <p>{@link io.keelson.cli.cluster.Plan} is the cluster as a value, kept in {@code cluster.json}; {@code Ports}, {@code Images} and the plan
 * itself are decided purely from what was looked up; {@code Network}, {@code Packages}, {@code Keys} and {@code Daemon} make it so, and can
 * be asked again and again: each does only what is not done yet. Servers and agents are processes of their own; nothing here sees their insides.
 *
 * <pre>
 *   DIR/cluster.json  kubeconfig  pki/  images/  servers/NAME/{data,log,pid}  nodes/NAME/{log,pid,...}
 * </pre>
 */
@NullMarked
package io.keelson.cli.cluster;

import org.jspecify.annotations.NullMarked;
