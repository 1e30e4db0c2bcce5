/**
 * Many objects as one: applied, pruned and brought back in one transaction of the store, or not at all. Works through
 * {@link io.keelson.orchestrator.api.Api#atomically}, so that each object goes the same way as alone.
 *
 * <pre>  Sets.apply: for each object Api.apply, for each that left the set Api.delete, then the record of the set ──► one transaction</pre>
 *
 * A set's record is kept beside the objects, under {@code /keelson/sets/NAMESPACE/NAME}: its members and their uids. Must not know of gRPC.
 */
@NullMarked
package io.keelson.orchestrator.sets;

import org.jspecify.annotations.NullMarked;
