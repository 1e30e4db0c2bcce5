/**
 * The control loop: the shell round the pure controllers. One server of the cluster leads it at a time.
 *
 * <pre>
 * Leadership  campaigns for the key {@code /keelson/control/leader}; its create revision is the epoch of a Term
 * Term        list, watch -> inbox -> ONE thread: ClusterImage -> touchedBy -> Reconciler -> orders -> Performers -> Api -> inbox
 * </pre>
 *
 * Only the term's one thread sees the picture. Every write compares the epoch in its transaction, so one who leads no longer does no
 * harm. Nothing here decides what should happen to objects.
 */
@NullMarked
package io.keelson.orchestrator.loop;

import org.jspecify.annotations.NullMarked;
