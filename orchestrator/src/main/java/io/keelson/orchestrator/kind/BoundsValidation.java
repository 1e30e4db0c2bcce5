package io.keelson.orchestrator.kind;

import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What bounds pods: disruption budgets, priorities, runtimes, quotas and ranges of limits. */
final class BoundsValidation {

    private static final long MAX_PRIORITY = 1_000_000_000;
    private static final int ALL_PERCENT = 100;
    private static final String SYSTEM = "system-";
    private static final Set<String> SYSTEM_CLASSES = Set.of("system-node-critical", "system-cluster-critical");
    private static final Set<String> SCOPES = Set.of(
            "BestEffort",
            "CrossNamespacePodAffinity",
            "NotBestEffort",
            "NotTerminating",
            "PriorityClass",
            "Terminating",
            "VolumeAttributesClass");

    private BoundsValidation() {}

    static void disruptionBudget(ObjectNode budget, Causes causes) {
        JsonNode spec = budget.path("spec");
        if (spec.has("minAvailable") && spec.has("maxUnavailable")) {
            causes.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
        }
        for (String field : new String[] {"minAvailable", "maxUnavailable"}) {
            long amount = WorkloadValidation.amount(spec, "spec", field, causes);
            if (spec.path(field).isString() && amount > ALL_PERCENT) {
                causes.invalid("spec." + field, spec.path(field), "must not be greater than 100%");
            }
        }
        Json.at(spec, "selector").ifPresent(selector -> WorkloadValidation.selector(selector, "spec.selector", causes));
        causes.oneOf(spec, "spec", "unhealthyPodEvictionPolicy", Set.of("AlwaysAllow", "IfHealthyBudget"));
    }

    static void priorityClass(Optional<ObjectNode> live, ObjectNode priorityClass, Causes causes) {
        String name = Json.string(priorityClass, "metadata", "name").orElse("");
        if (name.startsWith(SYSTEM) && !SYSTEM_CLASSES.contains(name)) {
            causes.add(Cause.forbidden(
                    "metadata.name",
                    "priority class names with '" + SYSTEM + "' prefix are reserved for system use only. error:"
                            + " unrecognized system priority class name"));
        } else if (!name.startsWith(SYSTEM)
                && Json.number(priorityClass, "value").orElse(0L) > MAX_PRIORITY) {
            causes.add(Cause.forbidden("value", "maximum allowed value of a user defined priority is " + MAX_PRIORITY));
        }
        causes.oneOf(priorityClass, "", "preemptionPolicy", Set.of("Never", "PreemptLowerPriority"));
        causes.forbiddenChange(live, priorityClass, "may not be changed in an update.", "value");
        causes.unchanged(live, priorityClass, "preemptionPolicy");
    }

    static void runtimeClass(Optional<ObjectNode> live, ObjectNode runtimeClass, Causes causes) {
        String handler = Json.string(runtimeClass, "handler").orElse("");
        causes.invalid("handler", handler, Names.dns1123LabelProblems(handler));
        causes.unchanged(live, runtimeClass, "handler");
    }

    static void quota(Optional<ObjectNode> live, ObjectNode quota, Causes causes) {
        amounts(quota.path("spec").path("hard"), "spec.hard", causes);
        int i = 0;
        for (JsonNode scope : Json.items(quota, "spec", "scopes")) {
            String path = "spec.scopes[" + i++ + "]";
            if (!SCOPES.contains(scope.asString(""))) {
                causes.invalid(path, scope, "unsupported scope");
            }
        }
        causes.unchanged(live, quota, "spec", "scopes");
    }

    private static void amounts(JsonNode amounts, String path, Causes causes) {
        amounts.properties().forEach(amount -> {
            String where = path + "[" + amount.getKey() + "]";
            causes.invalid(where, amount.getKey(), Names.qualifiedNameProblems(amount.getKey()));
            if (Quantity.parse(amount.getValue())
                    .filter(value -> value.signum() < 0)
                    .isPresent()) {
                causes.invalid(where, amount.getValue(), "must be greater than or equal to 0");
            }
        });
    }

    static void limitRange(ObjectNode range, Causes causes) {
        Set<String> types = new HashSet<>();
        int i = 0;
        for (JsonNode limit : Json.items(range, "spec", "limits")) {
            String path = "spec.limits[" + i++ + "]";
            String type = limit.path("type").asString("");
            if (!types.add(type)) {
                causes.add(Cause.duplicate(path + ".type", Causes.quoted(type)));
            }
            if (type.equals("Pod")) {
                for (String field : new String[] {"default", "defaultRequest"}) {
                    if (!limit.path(field).isEmpty()) {
                        causes.add(Cause.forbidden(path + "." + field, "may not be specified when `type` is 'Pod'"));
                    }
                }
            }
            ordered(limit, path, causes);
        }
    }

    private static final Map<String, String> WORDS =
            Map.of("min", "min", "max", "max", "default", "default", "defaultRequest", "default request");

    private static void ordered(JsonNode limit, String path, Causes causes) {
        order(limit, path, "min", "max", causes);
        order(limit, path, "min", "default", causes);
        order(limit, path, "min", "defaultRequest", causes);
        order(limit, path, "defaultRequest", "default", causes);
        order(limit, path, "defaultRequest", "max", causes);
        order(limit, path, "default", "max", causes);
    }

    private static void order(JsonNode limit, String path, String low, String high, Causes causes) {
        limit.path(low).properties().forEach(amount -> {
            JsonNode other = limit.path(high).path(amount.getKey());
            Optional<BigDecimal> value = Quantity.parse(amount.getValue());
            Optional<BigDecimal> bound = Quantity.parse(other);
            if (value.isPresent() && bound.isPresent() && value.get().compareTo(bound.get()) > 0) {
                causes.invalid(
                        path + "." + low + "[" + amount.getKey() + "]",
                        amount.getValue(),
                        WORDS.get(low) + " value " + amount.getValue().asString("") + " is greater than "
                                + WORDS.get(high) + " value " + other.asString(""));
            }
        });
    }
}
