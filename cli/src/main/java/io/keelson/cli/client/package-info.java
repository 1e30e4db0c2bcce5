/**
 * The way to a cluster's API servers: where they are and who asks (from a kubeconfig), one gRPC connection, the next server when one does
 * not answer, and failures as words.
 *
 * <p>Commands make requests of generated messages and get answers, or a {@link io.keelson.cli.print.Trouble}. gRPC's transport and TLS are
 * known here and nowhere else in the client commands.
 */
@NullMarked
package io.keelson.cli.client;

import org.jspecify.annotations.NullMarked;
