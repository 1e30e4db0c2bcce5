package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.WatchQuery;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.select.SelectorException;
import java.util.ArrayList;
import java.util.List;

/** What the query of a list or a watch says; what does not go together is refused in Kubernetes' words. */
final class ReadParameters {

    private static final String EXACT = "Exact";
    private static final String NOT_OLDER_THAN = "NotOlderThan";

    private ReadParameters() {}

    /**
     * What a list asks for.
     *
     * @throws ApiException BAD_REQUEST or INVALID if that makes no sense
     */
    static ListQuery list(Exchange exchange, Target target) {
        Query query = exchange.query();
        refuse(wrongInList(query));
        ListQuery.VersionMatch match = switch (query.text("resourceVersionMatch")) {
            case EXACT -> ListQuery.VersionMatch.EXACT;
            case NOT_OLDER_THAN -> ListQuery.VersionMatch.NOT_OLDER_THAN;
            default -> ListQuery.VersionMatch.UNSET;
        };
        return new ListQuery(
                target.kind(),
                target.namespace(),
                labels(query),
                fields(target, query),
                query.number("limit").filter(limit -> limit > 0).orElse(0L),
                query.text("continue"),
                query.text("resourceVersion"),
                match);
    }

    /**
     * What a watch asks for, but for the form in which it begins.
     *
     * @throws ApiException BAD_REQUEST or INVALID if that makes no sense
     */
    static WatchQuery watch(Exchange exchange, Target target) {
        Query query = exchange.query();
        refuse(wrongInWatch(query));
        return new WatchQuery(
                target.kind(),
                target.namespace(),
                labels(query),
                fields(target, query, target.name()),
                revision(query.text("resourceVersion")));
    }

    private static long revision(String version) {
        if (!version.matches("[0-9]{0,18}")) {
            throw ApiException.badRequest("Invalid value: \"" + version + "\": resourceVersion must be a number");
        }
        return version.isEmpty() ? 0 : Long.parseLong(version);
    }

    /** Of these only the one with a name, if there is one. */
    private static FieldSelector fields(Target target, Query query, String name) {
        if (name.isEmpty()) {
            return fields(target, query);
        }
        String named = "metadata.name=" + name.replaceAll("[\\\\,=]", "\\\\$0");
        String more = query.text("fieldSelector");
        return fields(target, more.isEmpty() ? named : more + "," + named);
    }

    private static List<Cause> wrongInList(Query query) {
        List<Cause> causes = new ArrayList<>();
        String match = query.text("resourceVersionMatch");
        if (!match.isEmpty()) {
            if (query.text("resourceVersion").isEmpty()) {
                causes.add(forbidden("is forbidden unless resourceVersion is provided"));
            }
            if (!query.text("continue").isEmpty()) {
                causes.add(forbidden("is forbidden when continue is provided"));
            }
            if (!match.equals(EXACT) && !match.equals(NOT_OLDER_THAN)) {
                causes.add(Cause.notSupported(
                        "resourceVersionMatch", "\"" + match + "\"", List.of(EXACT, NOT_OLDER_THAN, "")));
            }
            if (match.equals(EXACT) && query.text("resourceVersion").equals("0")) {
                causes.add(forbidden("\"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if (!query.text("sendInitialEvents").isEmpty()) {
            causes.add(Cause.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        return causes;
    }

    private static List<Cause> wrongInWatch(Query query) {
        List<Cause> causes = new ArrayList<>();
        String match = query.text("resourceVersionMatch");
        boolean initial = !query.text("sendInitialEvents").isEmpty();
        if (initial && !match.equals(NOT_OLDER_THAN)) {
            causes.add(Cause.forbidden(
                    "resourceVersionMatch",
                    "sendInitialEvents requires setting resourceVersionMatch to " + NOT_OLDER_THAN));
        }
        if (!match.isEmpty()) {
            if (!initial) {
                causes.add(forbidden("is forbidden for watch unless sendInitialEvents is provided"));
            }
            if (!match.equals(NOT_OLDER_THAN)) {
                causes.add(Cause.notSupported("resourceVersionMatch", "\"" + match + "\"", List.of(NOT_OLDER_THAN)));
            }
            if (!query.text("continue").isEmpty()) {
                causes.add(forbidden("is forbidden when continue is provided"));
            }
        }
        return causes;
    }

    private static Cause forbidden(String why) {
        return Cause.forbidden("resourceVersionMatch", "resourceVersionMatch " + why);
    }

    private static void refuse(List<Cause> causes) {
        if (!causes.isEmpty()) {
            throw new ApiException(Rejection.invalidOptions("ListOptions", causes));
        }
    }

    /** The objects that labels select. */
    static LabelSelector labels(Query query) {
        try {
            return LabelSelector.parse(query.text("labelSelector"));
        } catch (SelectorException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** The objects that fields select. */
    static FieldSelector fields(Target target, Query query) {
        return fields(target, query.text("fieldSelector"));
    }

    private static FieldSelector fields(Target target, String selector) {
        try {
            return FieldSelector.parse(target.kind(), selector);
        } catch (SelectorException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
    }
}
