package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A pod's priority is that of its class, of the default class if it names none, else 0; at most one class is the default. */
final class PriorityPlugin implements Mutator, Validator {

    /** The classes that every cluster has. */
    private static final Map<String, Integer> SYSTEM =
            Map.of("system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000);

    private static final String PREEMPT = "PreemptLowerPriority";

    /** What a class gives. */
    private record Given(String name, long value, String preemption) {}

    @Override
    public Optional<Rejection> mutate(Request request, ObjectNode pod, Facts facts) {
        if (!request.creates(Kinds.POD)) {
            return Optional.empty();
        }
        ObjectNode spec = Json.child(pod, "spec");
        String named = Json.string(spec, "priorityClassName").orElse("");
        Optional<Given> found = named.isEmpty() ? Optional.of(unnamed(facts)) : named(named, facts);
        if (found.isEmpty()) {
            return Optional.of(request.forbidden("no PriorityClass with name " + named + " was found"));
        }
        Given given = found.get();
        long said = Json.number(spec, "priority").orElse(0L);
        if (said != 0 && said != given.value()) {
            return Optional.of(request.forbidden("the integer value of priority (" + said
                    + ") must not be provided in pod spec; priority admission controller computed " + given.value()
                    + " from the given PriorityClass name"));
        }
        String preemption = Json.string(spec, "preemptionPolicy").orElse(PREEMPT);
        if (!preemption.equals(PREEMPT) && !preemption.equals(given.preemption())) {
            return Optional.of(request.forbidden("the string value of PreemptionPolicy (" + preemption
                    + ") must not be provided in pod spec; priority admission controller computed "
                    + given.preemption() + " from the given PriorityClass name"));
        }
        if (!given.name().isEmpty()) {
            spec.put("priorityClassName", given.name());
        }
        spec.put("priority", (int) given.value()).put("preemptionPolicy", given.preemption());
        return Optional.empty();
    }

    private static Optional<Given> named(String name, Facts facts) {
        Integer system = SYSTEM.get(name);
        return system == null
                ? facts.find(Known.PRIORITY_CLASS, "", name).map(PriorityPlugin::given)
                : Optional.of(new Given(name, system, PREEMPT));
    }

    /** Of two defaults, which a race can leave, the lower one. */
    private static Given unnamed(Facts facts) {
        return facts.list(Known.PRIORITY_CLASS, "").stream()
                .filter(PriorityPlugin::isDefault)
                .map(PriorityPlugin::given)
                .min(Comparator.comparingLong(Given::value))
                .orElse(new Given("", 0, PREEMPT));
    }

    private static boolean isDefault(ObjectNode priorityClass) {
        return priorityClass.path("globalDefault").asBoolean(false);
    }

    private static Given given(ObjectNode priorityClass) {
        return new Given(
                Json.string(priorityClass, "metadata", "name").orElse(""),
                Json.number(priorityClass, "value").orElse(0L),
                Json.string(priorityClass, "preemptionPolicy").orElse(PREEMPT));
    }

    @Override
    public Verdict validate(Request request, Facts facts) {
        boolean writes = request.of(Known.PRIORITY_CLASS) && request.operation() != Operation.DELETE;
        if (!writes || !isDefault(request.object().orElseThrow())) {
            return Verdict.FINE;
        }
        return facts.list(Known.PRIORITY_CLASS, "").stream()
                .filter(PriorityPlugin::isDefault)
                .map(other -> Json.string(other, "metadata", "name").orElse(""))
                .filter(other -> !other.equals(request.name()))
                .findFirst()
                .map(other -> Verdict.refused(request.forbidden(
                        "PriorityClass " + other + " is already marked as default. Only one default can exist")))
                .orElse(Verdict.FINE);
    }
}
