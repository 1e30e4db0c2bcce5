/**
 * Nobody starves: requests are sorted into flows by FlowSchemas, and each priority level carries out so many at a time, one flow after
 * the other. {@link io.keelson.orchestrator.flow.Flows} and {@link io.keelson.orchestrator.flow.FairQueue} decide, purely; {@link
 * io.keelson.orchestrator.flow.Turnstile} lets threads wait for their turn.
 *
 * <pre>
 * request --FlowSchema--> level and flow --FairQueue--> now, in its turn, or too many
 * </pre>
 *
 * <p>Must not know of connections.
 */
@NullMarked
package io.keelson.orchestrator.flow;

import org.jspecify.annotations.NullMarked;
