package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * HorizontalPodAutoscalers of autoscaling/v2, which are stored, and of v1, which knows no measure but CPU: what else there is v1 shows
 * in annotations, as Kubernetes does, so that nothing is lost on the way back.
 */
final class AutoscalerConversion implements Conversion {

    static final String METRICS = "autoscaling.alpha.kubernetes.io/metrics";
    private static final String CURRENT_METRICS = "autoscaling.alpha.kubernetes.io/current-metrics";
    private static final String CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";
    private static final String BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";
    private static final String TARGET_CPU = "targetCPUUtilizationPercentage";
    private static final String CURRENT_CPU = "currentCPUUtilizationPercentage";

    @Override
    public ObjectNode fromStored(Kind kind, ObjectNode object) {
        ObjectNode old = Conversion.relabelled(kind, object);
        ObjectNode spec = Json.child(old, "spec");
        ObjectNode status = Json.child(old, "status");
        park(old, METRICS, withoutCpu(spec, "target").ifPresentPut(spec, TARGET_CPU, "metrics"));
        park(old, BEHAVIOR, Optional.ofNullable(spec.remove("behavior")));
        park(old, CURRENT_METRICS, withoutCpu(status, "current").ifPresentPut(status, CURRENT_CPU, "currentMetrics"));
        park(old, CONDITIONS, Optional.ofNullable(status.remove("conditions")));
        Defaults.absent(status, "currentReplicas", 0);
        Defaults.absent(status, "desiredReplicas", 0);
        return old;
    }

    @Override
    public ObjectNode toStored(Kind kind, ObjectNode object) {
        return toV2(object);
    }

    /** The same in the form of autoscaling/v2. */
    static ObjectNode toV2(ObjectNode object) {
        ObjectNode now = object.deepCopy().put("apiVersion", "autoscaling/v2");
        ObjectNode spec = Json.child(now, "spec");
        ObjectNode status = Json.child(now, "status");
        unpark(now, METRICS).ifPresent(parked -> spec.set("metrics", parked));
        unpark(now, BEHAVIOR).ifPresent(parked -> spec.set("behavior", parked));
        unpark(now, CURRENT_METRICS).ifPresent(parked -> status.set("currentMetrics", parked));
        unpark(now, CONDITIONS).ifPresent(parked -> status.set("conditions", parked));
        cpuFirst(spec, TARGET_CPU, "metrics", "target");
        cpuFirst(status, CURRENT_CPU, "currentMetrics", "current");
        // Here v2 leaves a zero out.
        if (status.path("currentReplicas").asInt(1) == 0) {
            status.remove("currentReplicas");
        }
        return now;
    }

    /** The measures of a list that are not the one that v1 has a field for, and that one's value. */
    private record Split(List<JsonNode> others, Optional<JsonNode> cpu) {

        /** Puts the value into v1's field, takes the list away, and gives what is left of it. */
        Optional<JsonNode> ifPresentPut(ObjectNode into, String field, String list) {
            into.remove(list);
            cpu.ifPresent(value -> into.set(field, value));
            if (others.isEmpty()) {
                return Optional.empty();
            }
            ArrayNode left = Json.array();
            others.forEach(left::add);
            return Optional.of(left);
        }
    }

    private static Split withoutCpu(ObjectNode parent, String value) {
        List<JsonNode> others = new ArrayList<>();
        Optional<JsonNode> cpu = Optional.empty();
        for (JsonNode metric : Json.items(parent, value.equals("target") ? "metrics" : "currentMetrics")) {
            Optional<JsonNode> utilization = Json.string(metric, "resource", "name")
                    .filter("cpu"::equals)
                    .flatMap(_ -> Json.at(metric, "resource", value, "averageUtilization"));
            if (utilization.isPresent() && cpu.isEmpty()) {
                cpu = utilization;
            } else {
                others.add(metric);
            }
        }
        return new Split(others, cpu);
    }

    private static void cpuFirst(ObjectNode parent, String field, String list, String value) {
        JsonNode percentage = parent.remove(field);
        if (percentage == null) {
            return;
        }
        ArrayNode all = Json.array();
        ObjectNode metric = all.addObject().put("type", "Resource");
        ObjectNode resource = Json.child(metric, "resource").put("name", "cpu");
        ObjectNode amount = Json.child(resource, value);
        if (value.equals("target")) {
            amount.put("type", "Utilization");
        }
        amount.set("averageUtilization", percentage);
        Json.items(parent, list).forEach(all::add);
        parent.set(list, all);
    }

    private static void park(ObjectNode object, String annotation, Optional<JsonNode> value) {
        value.ifPresent(parked ->
                Json.child(Json.child(object, "metadata"), "annotations").put(annotation, parked.toString()));
    }

    private static Optional<JsonNode> unpark(ObjectNode object, String annotation) {
        if (!(object.path("metadata").path("annotations") instanceof ObjectNode annotations)) {
            return Optional.empty();
        }
        Optional<JsonNode> text = Optional.ofNullable(annotations.remove(annotation));
        if (annotations.isEmpty()) {
            Json.child(object, "metadata").remove("annotations");
        }
        try {
            return text.map(
                    value -> Json.parseAny(value.asString("").getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        } catch (MalformedJsonException e) {
            // Somebody wrote the annotation by hand; it means nothing.
            return Optional.empty();
        }
    }
}
