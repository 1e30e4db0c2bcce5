/**
 * Which pod goes to which node, and why not. Pure: no clock, no IO, no threads, no randomness.
 *
 * <pre>  Cluster, pending pods -> Scheduler.plan -> Decision*      filters say where a pod can go, scores where it goes best</pre>
 *
 * Pods of one plan see each other's decisions. Nothing here binds: a decision becomes an action, and the loop performs it.
 */
@NullMarked
package io.keelson.orchestrator.schedule;

import org.jspecify.annotations.NullMarked;
