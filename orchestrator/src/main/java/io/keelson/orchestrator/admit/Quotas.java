package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** The ResourceQuotas of a namespace: what a write would use more, and whether that is still within them. */
public final class Quotas {

    private Quotas() {}

    /** What comes of it. */
    public sealed interface Result {

        /**
         * It is within all quotas.
         *
         * @param charged the quotas with their new {@code status.used}, to be stored in the same transaction as the object
         */
        record Within(List<ObjectNode> charged) implements Result {}

        /** It is not. */
        record Exceeded(Rejection rejection) implements Result {}
    }

    /** Whether a write could need more of anything; if not, quotas need not be read. */
    public static boolean concerns(Request request) {
        return !request.kind().stored().equals(Kinds.EVENT)
                && request.kind().namespaced()
                && request.operation() != Operation.DELETE
                && (request.subresource().isEmpty() || request.subresource().equals("resize"))
                && !keepsWhatIsCounted(request)
                && !more(request).names().isEmpty();
    }

    /** What a pod uses is in its spec and its status, which most writes that agents and controllers make of metadata leave alone. */
    private static boolean keepsWhatIsCounted(Request request) {
        ObjectNode after = request.object().orElseThrow();
        return request.of(Kinds.POD)
                && request.old()
                        .filter(before -> Json.same(before.path("spec"), after.path("spec"))
                                && Json.same(before.path("status"), after.path("status")))
                        .isPresent();
    }

    private static ResourceList more(Request request) {
        ResourceList after = Usage.of(request.kind(), request.object().orElseThrow());
        return request.old()
                .map(old -> after.beyond(Usage.of(request.kind(), old)))
                .orElse(after);
    }

    /** Judges a write that {@link #concerns} quotas. */
    public static Result judge(Request request, List<ObjectNode> quotas) {
        ObjectNode object = request.object().orElseThrow();
        List<ObjectNode> charged = new ArrayList<>();
        for (ObjectNode quota : quotas) {
            if (!Scopes.count(quota, request.kind(), object)) {
                continue;
            }
            String name = Json.string(quota, "metadata", "name").orElse("");
            ResourceList hard = ResourceList.of(quota.path("spec").path("hard"));
            if (request.creates(Kinds.POD)) {
                var unsaid = Usage.unsaid(object, hard.names());
                if (unsaid.isPresent()) {
                    return exceeded(request, "failed quota: " + name + ": " + unsaid.get());
                }
            }
            ResourceList more = alsoNewInScope(request, quota).only(hard.names());
            if (more.names().isEmpty()) {
                continue;
            }
            ResourceList used = ResourceList.of(quota.path("status").path("used"));
            Set<String> unknown = new TreeSet<>(more.names());
            unknown.removeAll(used.names());
            if (!unknown.isEmpty()) {
                return exceeded(
                        request, "status unknown for quota: " + name + ", resources: " + String.join(",", unknown));
            }
            ResourceList sum = used.plus(more);
            Set<String> over = new TreeSet<>(sum.only(more.names()).beyond(hard).names());
            if (!over.isEmpty()) {
                return exceeded(
                        request,
                        "exceeded quota: " + name + ", requested: " + more.only(over) + ", used: " + used.only(over)
                                + ", limited: " + hard.only(over));
            }
            charged.add(charged(quota, sum));
        }
        return new Result.Within(charged);
    }

    /** All of it if the object was not in the quota's scope before. */
    private static ResourceList alsoNewInScope(Request request, ObjectNode quota) {
        boolean before = request.old()
                .filter(old -> Scopes.count(quota, request.kind(), old))
                .isPresent();
        return before
                ? more(request)
                : Usage.of(request.kind(), request.object().orElseThrow());
    }

    private static ObjectNode charged(ObjectNode quota, ResourceList used) {
        ObjectNode charged = quota.deepCopy();
        Json.child(charged, "status").set("used", used.json());
        return charged;
    }

    private static Result exceeded(Request request, String why) {
        return new Result.Exceeded(request.forbidden(why));
    }

    /** Whether two forms of an object count for the same, in whatever quota. */
    public static boolean same(Kind kind, ObjectNode before, ObjectNode after) {
        return before.path("spec").equals(after.path("spec"))
                && Usage.of(kind, before).equals(Usage.of(kind, after));
    }

    /**
     * The status of a quota, counted anew.
     *
     * @param objects all objects of its namespace, by kind
     */
    public static ObjectNode status(ObjectNode quota, Stream<Counted> objects) {
        ResourceList hard = ResourceList.of(quota.path("spec").path("hard"));
        List<ResourceList> all = objects.filter(each -> Scopes.count(quota, each.kind(), each.object()))
                .map(each -> Usage.of(each.kind(), each.object()).only(hard.names()))
                .toList();
        ResourceList used = hard.zeros();
        for (ResourceList each : all) {
            used = used.plus(each);
        }
        ObjectNode status = Json.object();
        status.set("hard", hard.json());
        status.set("used", used.json());
        return status;
    }

    /**
     * An object that may count.
     *
     * @param kind of it
     * @param object itself
     */
    public record Counted(Kind kind, ObjectNode object) {}
}
