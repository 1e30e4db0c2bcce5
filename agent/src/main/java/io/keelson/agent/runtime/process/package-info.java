/**
 * Pods as plain processes, for machines where nobody may make namespaces: images are unpacked into directories, commands run from there or
 * from the machine, output goes to the same log files as everywhere.
 *
 * <p>All state is in files below one directory, so that a new agent finds every process again: {@code images/<id>}, {@code sandboxes/<id>.json},
 * {@code containers/<id>/}. A small {@code sh} wrapper, in a session of its own, outlives the agent, and writes down the exit code. What this
 * runtime does not do is in its {@link io.keelson.agent.runtime.RuntimeInfo#limits()}. It knows no Kubernetes object.
 */
@NullMarked
package io.keelson.agent.runtime.process;

import org.jspecify.annotations.NullMarked;
