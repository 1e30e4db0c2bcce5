/**
 * What a member measures of itself, and the page that shows it in the text form of Prometheus. Who measures gets a {@code Count} or a
 * {@code Timing} once and then only adds to it, without a lock and without memory of its own a call; what somebody else knows anyway (sizes,
 * indexes) is asked for when a page is made. The names are etcd's, or those of Kubernetes' API server, for dashboards and alerts made for
 * them; docs/metrics.md lists them. The library behind this is known in this package only.
 */
@NullMarked
package io.keelson.store.metrics;

import org.jspecify.annotations.NullMarked;
