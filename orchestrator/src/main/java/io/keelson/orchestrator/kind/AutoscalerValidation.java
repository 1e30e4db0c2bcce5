package io.keelson.orchestrator.kind;

import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** HorizontalPodAutoscalers, of both versions. */
final class AutoscalerValidation {

    private static final Set<String> SOURCES = Set.of("ContainerResource", "External", "Object", "Pods", "Resource");

    private AutoscalerValidation() {}

    static void autoscaler(ObjectNode autoscaler, Causes causes) {
        Optional<JsonNode> spec = Json.at(autoscaler, "spec");
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        JsonNode target = spec.get().path("scaleTargetRef");
        causes.present(target, "spec.scaleTargetRef", "kind");
        causes.present(target, "spec.scaleTargetRef", "name");
        long least = Json.number(spec.get(), "minReplicas").orElse(1L);
        if (least < 1) {
            causes.invalid("spec.minReplicas", spec.get().path("minReplicas"), "must be greater than or equal to 1");
        }
        long most = Json.number(spec.get(), "maxReplicas").orElse(0L);
        String shown = Long.toString(most);
        if (most < 1) {
            causes.add(Cause.invalid("spec.maxReplicas", shown, "must be greater than 0"));
        }
        if (most < least) {
            causes.add(Cause.invalid("spec.maxReplicas", shown, "must be greater than or equal to `minReplicas`"));
        }
        causes.atLeast(spec.get(), "spec", "targetCPUUtilizationPercentage", 1);
        int i = 0;
        for (JsonNode metric : Json.items(spec.get(), "metrics")) {
            metric(metric, "spec.metrics[" + i++ + "]", causes);
        }
    }

    private static void metric(JsonNode metric, String path, Causes causes) {
        if (!causes.present(metric, path, "type")) {
            return;
        }
        causes.oneOf(metric, path, "type", SOURCES);
        String type = metric.path("type").asString("");
        String source = type.isEmpty() ? "" : Character.toLowerCase(type.charAt(0)) + type.substring(1);
        if (SOURCES.contains(type) && !metric.path(source).isObject()) {
            causes.add(Cause.required(path + "." + source, "must populate information for the given metric source"));
            return;
        }
        if (type.equals("Resource") || type.equals("ContainerResource")) {
            causes.present(metric.path(source), path + "." + source, "name");
            target(metric.path(source).path("target"), path + "." + source + ".target", causes);
        }
    }

    private static void target(JsonNode target, String path, Causes causes) {
        if (!causes.present(target, path, "type")) {
            return;
        }
        causes.oneOf(target, path, "type", Set.of("AverageValue", "Utilization", "Value"));
        causes.atLeast(target, path, "averageUtilization", 1);
        if (!target.has("averageUtilization") && !target.has("averageValue")) {
            causes.add(Cause.required(
                    path + ".averageUtilization", "must set either a target raw value or a target utilization"));
        } else if (target.has("averageUtilization") && target.has("averageValue")) {
            causes.add(Cause.forbidden(
                    path + ".averageValue", "may not set both a target raw value and a target utilization"));
        }
    }
}
