/**
 * What is counted of requests: a door says what a request wants ({@link io.keelson.orchestrator.measure.Request}), when it begins and how it
 * ends; {@link io.keelson.orchestrator.measure.RequestMetrics} counts it under Kubernetes' names. Must not know of connections.
 */
@NullMarked
package io.keelson.orchestrator.measure;

import org.jspecify.annotations.NullMarked;
