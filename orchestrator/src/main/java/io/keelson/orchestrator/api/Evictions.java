package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Eviction;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Deletes pods whose disruption budgets allow it. The budget is told before the pod goes, so that two evictions cannot use one place. */
public final class Evictions {

    /** An eviction whose budget changed this often meanwhile is given back to its caller. */
    private static final int MAX_ATTEMPTS = 16;

    private final Api api;
    private final InstantSource clock;

    /** Over an API; the clock tells when a pod that was let go before must be gone. */
    public Evictions(Api api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
    }

    /**
     * Deletes a pod if its budget allows it.
     *
     * @param eviction how, in {@code deleteOptions}; those who have a say may change it
     * @return what the sender should know
     * @throws ApiException TOO_MANY_REQUESTS if the budget does not allow it, BAD_REQUEST if the eviction cannot be read; else as {@link Api#delete}
     */
    public List<String> evict(Ref pod, ObjectNode eviction, WriteOptions write) {
        Admission.Judged judged = api.admitCreation(pod, "eviction", present(eviction), write);
        ObjectNode wish = judged.object().get("deleteOptions") instanceof ObjectNode given ? given : Json.object();
        DeleteOptions options = DeleteOptions.wished(pod.kind(), wish, write.dryRun(), write.user());
        for (int attempt = 1; !admitted(pod, options, attempt == MAX_ATTEMPTS); attempt++) {}
        api.deleteEvicted(pod, options);
        return judged.warnings();
    }

    /** The older version, which Kubernetes takes to this day, has the same form. */
    private static ObjectNode present(ObjectNode eviction) {
        return Json.string(eviction, "apiVersion").equals(Optional.of("policy/v1beta1"))
                ? eviction.deepCopy().put("apiVersion", "policy/v1")
                : eviction;
    }

    /** False if the budget was changed by somebody else: then ask it again. */
    private boolean admitted(Ref pod, DeleteOptions options, boolean last) {
        ObjectNode object = api.get(pod).object();
        List<ObjectNode> budgets = api.list(ListQuery.in(Kinds.POD_DISRUPTION_BUDGET, pod.namespace()))
                .items();
        return switch (Eviction.judge(object, budgets, clock.instant())) {
            case Eviction.Verdict.Free() -> true;
            case Eviction.Verdict.Refused(var rejection) -> throw new ApiException(rejection);
            case Eviction.Verdict.Counted(ObjectNode budget) -> told(budget, pod.namespace(), options, last);
        };
    }

    private boolean told(ObjectNode budget, String namespace, DeleteOptions options, boolean last) {
        String name = budget.path("metadata").path("name").asString("");
        WriteOptions write =
                new WriteOptions(User.CONTROL_PLANE, "keelson", options.dryRun(), FieldValidation.IGNORE, List.of());
        try {
            api.update(new Ref(Kinds.POD_DISRUPTION_BUDGET, namespace, name), "status", budget, write);
            return true;
        } catch (ApiException e) {
            boolean changed = e.reason() == Reason.CONFLICT || e.reason() == Reason.NOT_FOUND;
            if (!changed || last) {
                throw e;
            }
            return false;
        }
    }
}
