/**
 * The control plane, assembled: {@link io.keelson.orchestrator.Orchestrator} takes a store and opens the API's ports, the control loop and
 * the store's housekeeping. Reads go http/rpc -> api -> store; writes http/rpc/loop -> api -> registry (pure) -> store; everything else
 * hears of it by watching. Must not know how the store works, nor who starts this.
 */
@NullMarked
package io.keelson.orchestrator;

import org.jspecify.annotations.NullMarked;
