package io.keelson.orchestrator.kind;

import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Kinds that make pods from a template. */
final class WorkloadValidation {

    private static final int ALL_PERCENT = 100;
    private static final Words DEPLOYMENT = new Words("deployment", "ReplicaSet");
    private static final Words REPLICA_SET = new Words("replica set", "ReplicaSet");

    private WorkloadValidation() {}

    static void deployment(Optional<ObjectNode> live, ObjectNode deployment, Causes causes) {
        Optional<JsonNode> spec = Json.at(deployment, "spec");
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        whole(live, spec.get(), DEPLOYMENT, causes);
        causes.atLeast(spec.get(), "spec", "revisionHistoryLimit", 0);
        causes.atLeast(spec.get(), "spec", "progressDeadlineSeconds", 0);
        long minReady = Json.number(spec.get(), "minReadySeconds").orElse(0L);
        Json.at(spec.get(), "progressDeadlineSeconds")
                .filter(deadline -> deadline.longValue() <= minReady)
                .ifPresent(deadline -> causes.invalid(
                        "spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds"));
        Json.at(spec.get(), "strategy").ifPresent(strategy -> strategy(strategy, causes));
    }

    static void replicaSet(Optional<ObjectNode> live, ObjectNode replicaSet, Causes causes) {
        Json.at(replicaSet, "spec")
                .ifPresentOrElse(spec -> whole(live, spec, REPLICA_SET, causes), () -> causes.required("spec"));
    }

    /**
     * What the messages about a kind say.
     *
     * @param selector which kind an empty selector is invalid for
     * @param deadline in which kind a deadline is not supported
     */
    record Words(String selector, String deadline) {}

    /** Replicas, selector and what is around the pod in the template. */
    static void common(Optional<ObjectNode> live, JsonNode spec, Words words, Causes causes) {
        causes.atLeast(spec, "spec", "replicas", 0);
        causes.atLeast(spec, "spec", "minReadySeconds", 0);
        Optional<JsonNode> selector = Json.at(spec, "selector").filter(JsonNode::isObject);
        if (selector.isEmpty()) {
            causes.required("spec.selector");
        } else {
            selector(selector.get(), "spec.selector", causes);
            boolean empty = Json.strings(selector.get(), "matchLabels").isEmpty()
                    && Json.items(selector.get(), "matchExpressions").isEmpty();
            if (empty) {
                causes.invalid("spec.selector", selector.get(), "empty selector is invalid for " + words.selector());
            }
        }
        live.flatMap(stored -> Json.at(stored, "spec", "selector"))
                .filter(before -> !before.equals(selector.orElse(null)))
                .ifPresent(before -> causes.immutable("spec.selector", selector.orElse(before)));
        Optional<JsonNode> template = Json.at(spec, "template").filter(JsonNode::isObject);
        if (template.isEmpty()) {
            causes.required("spec.template");
            return;
        }
        Map<String, String> labels = Json.strings(template.get(), "metadata", "labels");
        if (selector.isPresent() && !selects(selector.get(), labels)) {
            causes.invalid(
                    "spec.template.metadata.labels",
                    Json.at(template.get(), "metadata", "labels").orElseGet(Json::object),
                    "`selector` does not match template `labels`");
        }
        Json.at(template.get(), "metadata")
                .ifPresent(metadata -> MetadataValidation.template(metadata, "spec.template.metadata", causes));
    }

    /** Replicas, selector and template with all that is in it. */
    static void whole(Optional<ObjectNode> live, JsonNode spec, Words words, Causes causes) {
        common(live, spec, words, causes);
        Json.at(spec, "template")
                .filter(JsonNode::isObject)
                .ifPresent(template -> Json.at(template, "spec")
                        .ifPresentOrElse(
                                podSpec -> {
                                    PodValidation.template(podSpec, "spec.template.spec", causes);
                                    podTemplate(podSpec, words, causes);
                                },
                                () -> causes.required("spec.template.spec")));
    }

    /** What a pod that is made over and over must not have. */
    static void podTemplate(JsonNode podSpec, Words words, Causes causes) {
        causes.oneOf(podSpec, "spec.template.spec", "restartPolicy", Set.of("Always"));
        if (podSpec.has("activeDeadlineSeconds")) {
            causes.add(Cause.forbidden(
                    "spec.template.spec.activeDeadlineSeconds",
                    "activeDeadlineSeconds in " + words.deadline() + " is not Supported"));
        }
    }

    /** The syntax of a LabelSelector. */
    static void selector(JsonNode selector, String path, Causes causes) {
        causes.labels(selector, path, "matchLabels");
        int i = 0;
        for (JsonNode expression : Json.items(selector, "matchExpressions")) {
            String where = path + ".matchExpressions[" + i++ + "]";
            String key = Json.string(expression, "key").orElse("");
            causes.invalid(where + ".key", key, Names.qualifiedNameProblems(key));
            boolean none = Json.items(expression, "values").isEmpty();
            String operator = Json.string(expression, "operator").orElse("");
            switch (operator) {
                case "In", "NotIn" -> {
                    if (none) {
                        causes.add(Cause.required(
                                where + ".values", "must be specified when `operator` is 'In' or 'NotIn'"));
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (!none) {
                        causes.add(Cause.forbidden(
                                where + ".values",
                                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
                    }
                }
                default ->
                    causes.add(Cause.invalid(
                            where + ".operator", Causes.quoted(operator), "not a valid selector operator"));
            }
        }
    }

    /** Whether a LabelSelector selects labels; the package for selectors, which knows kinds, cannot be asked from here. */
    static boolean selects(JsonNode selector, Map<String, String> labels) {
        boolean equal = labels.entrySet()
                .containsAll(Json.strings(selector, "matchLabels").entrySet());
        return equal
                && Json.items(selector, "matchExpressions").stream().allMatch(expression -> {
                    String value = labels.get(Json.string(expression, "key").orElse(""));
                    Set<String> values = new HashSet<>();
                    Json.items(expression, "values").forEach(each -> values.add(each.asString()));
                    return switch (Json.string(expression, "operator").orElse("")) {
                        case "In" -> value != null && values.contains(value);
                        case "NotIn" -> value == null || !values.contains(value);
                        case "Exists" -> value != null;
                        case "DoesNotExist" -> value == null;
                        default -> false;
                    };
                });
    }

    private static void strategy(JsonNode strategy, Causes causes) {
        String path = "spec.strategy";
        causes.oneOf(strategy, path, "type", Set.of("Recreate", "RollingUpdate"));
        Optional<JsonNode> rolling = Json.at(strategy, "rollingUpdate");
        if (rolling.isEmpty()) {
            return;
        }
        if (strategy.path("type").asString("").equals("Recreate")) {
            causes.add(Cause.forbidden(
                    path + ".rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
            return;
        }
        long surge = amount(rolling.get(), path + ".rollingUpdate", "maxSurge", causes);
        long unavailable = amount(rolling.get(), path + ".rollingUpdate", "maxUnavailable", causes);
        Json.at(rolling.get(), "maxUnavailable").ifPresent(value -> {
            if (surge == 0 && unavailable == 0) {
                causes.invalid(path + ".rollingUpdate.maxUnavailable", value, "may not be 0 when `maxSurge` is 0");
            } else if (value.isString() && unavailable > ALL_PERCENT) {
                causes.invalid(path + ".rollingUpdate.maxUnavailable", value, "must not be greater than 100%");
            }
        });
    }

    /** A number of pods or a percentage of them; 1 for nonsense, which is noted. */
    static long amount(JsonNode parent, String path, String field, Causes causes) {
        Optional<JsonNode> value = Json.at(parent, field);
        if (value.isEmpty()) {
            return 0;
        }
        if (value.get().isString()) {
            String text = value.get().stringValue();
            if (!text.matches("[0-9]{1,6}%")) {
                causes.invalid(
                        path + "." + field,
                        value.get(),
                        "a valid percent string must be a numeric string followed by an ending '%'"
                                + " (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
                return 1;
            }
            return Long.parseLong(text.substring(0, text.length() - 1));
        }
        causes.atLeast(parent, path, field, 0);
        return value.get().asLong(1);
    }
}
