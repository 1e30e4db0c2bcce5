/**
 * The few calls of Linux that the JDK has no method for: terminals and network namespaces. It knows nothing of the agent.
 *
 * <p>A call holds the thread that makes it; make those that may wait from platform threads.
 */
@NullMarked
package io.keelson.agent.libc;

import org.jspecify.annotations.NullMarked;
