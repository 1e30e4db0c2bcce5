/**
 * The replicated key-value store: the port {@link io.keelson.store.Kv} that everything else builds on, and {@code Store},
 * which assembles the rooms below (mvcc, rocks, raft, watch, lease, rpc) behind it.
 *
 * <p>Other modules import this package and none below it. It knows nothing of Kubernetes objects.
 */
@NullMarked
package io.keelson.store;

import org.jspecify.annotations.NullMarked;
