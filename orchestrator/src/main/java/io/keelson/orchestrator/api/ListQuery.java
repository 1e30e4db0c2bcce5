package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;

/**
 * Which objects to list.
 *
 * @param kind their kind
 * @param namespace their namespace; empty for all, and for cluster-scoped kinds
 * @param labels only those with these labels
 * @param fields only those with these fields
 * @param limit at most so many; 0 for all
 * @param continueToken from the page before; empty for the first
 * @param resourceVersion empty or "0" for the newest, else see {@code match}; not with a token
 * @param match what {@code resourceVersion} means; nothing if there is none
 */
public record ListQuery(
        Kind kind,
        String namespace,
        LabelSelector labels,
        FieldSelector fields,
        long limit,
        String continueToken,
        String resourceVersion,
        VersionMatch match) {

    /** What a resource version in a list means. */
    public enum VersionMatch {
        /** Nothing is said: as {@link #NOT_OLDER_THAN}, and with a limit as {@link #EXACT}. */
        UNSET,
        /** As it was at exactly this revision. */
        EXACT,
        /** As it is now, which must not be before this revision. */
        NOT_OLDER_THAN
    }

    /** All objects of a kind, in all namespaces. */
    public static ListQuery all(Kind kind) {
        return in(kind, "");
    }

    /** All objects of a kind in a namespace. */
    public static ListQuery in(Kind kind, String namespace) {
        return new ListQuery(
                kind, namespace, LabelSelector.everything(), FieldSelector.everything(), 0, "", "", VersionMatch.UNSET);
    }

    /** The same for only those with these labels. */
    public ListQuery withLabels(LabelSelector selector) {
        return new ListQuery(kind, namespace, selector, fields, limit, continueToken, resourceVersion, match);
    }

    /** The same for only those with these fields. */
    public ListQuery withFields(FieldSelector selector) {
        return new ListQuery(kind, namespace, labels, selector, limit, continueToken, resourceVersion, match);
    }

    /** The same in pages. */
    public ListQuery withPage(long newLimit, String token) {
        return new ListQuery(kind, namespace, labels, fields, newLimit, token, resourceVersion, match);
    }

    /** The same at another revision. */
    public ListQuery withResourceVersion(String version, VersionMatch meaning) {
        return new ListQuery(kind, namespace, labels, fields, limit, continueToken, version, meaning);
    }
}
