/**
 * The quick way of {@code keelson get}: a second reader for the commonest question, in few classes and with TLS in native code, since what a
 * short command costs is the start of a JVM and what it loads. See docs/decisions/0011.
 *
 * <p>It answers only what it is sure of: a command line, a kubeconfig, a server and an answer that it understands wholly. At anything else
 * it steps aside before a word is printed, and the full client runs in its place and explains. So it must not have words of its own for
 * anything that goes wrong, and prints tables by the full client's code.
 *
 * <p>Everything here is paid for at each start: no lambdas, streams, patterns or formats, and no library but the one behind {@link
 * io.keelson.cli.quick.Tls}.
 */
@NullMarked
package io.keelson.cli.quick;

import org.jspecify.annotations.NullMarked;
