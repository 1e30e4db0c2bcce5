package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;

/**
 * Which changes to watch.
 *
 * @param kind of what kind
 * @param namespace in which namespace; empty for all, and for cluster-scoped kinds
 * @param labels only objects with these labels
 * @param fields only objects with these fields
 * @param fromRevision deliver what came after this revision; 0: begin with an ADDED for each object that exists
 */
public record WatchQuery(Kind kind, String namespace, LabelSelector labels, FieldSelector fields, long fromRevision) {

    /** All changes of a kind after a revision, in all namespaces. */
    public static WatchQuery all(Kind kind, long fromRevision) {
        return new WatchQuery(kind, "", LabelSelector.everything(), FieldSelector.everything(), fromRevision);
    }

    /** The same, beginning with what exists. */
    public WatchQuery fromNothing() {
        return new WatchQuery(kind, namespace, labels, fields, 0);
    }

    /** The list of the objects that it selects. */
    ListQuery listed() {
        return ListQuery.in(kind, namespace).withLabels(labels).withFields(fields);
    }
}
