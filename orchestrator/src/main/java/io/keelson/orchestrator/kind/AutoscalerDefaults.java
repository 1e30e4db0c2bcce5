package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Defaults.absent;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Default values of HorizontalPodAutoscalers. */
final class AutoscalerDefaults {

    private static final int CPU_PERCENT = 80;
    private static final int ALL_PERCENT = 100;
    private static final int PODS_AT_ONCE = 4;
    private static final int PERIOD_SECONDS = 15;

    private AutoscalerDefaults() {}

    static void v1(ObjectNode autoscaler) {
        ObjectNode spec = Json.child(autoscaler, "spec");
        absent(spec, "minReplicas", 1);
        boolean measuresOther =
                Json.strings(autoscaler, "metadata", "annotations").containsKey(AutoscalerConversion.METRICS);
        if (!measuresOther) {
            absent(spec, "targetCPUUtilizationPercentage", CPU_PERCENT);
        }
        ObjectNode status = Json.child(autoscaler, "status");
        absent(status, "currentReplicas", 0);
        absent(status, "desiredReplicas", 0);
    }

    static void v2(ObjectNode autoscaler) {
        ObjectNode spec = Json.child(autoscaler, "spec");
        absent(spec, "minReplicas", 1);
        if (Json.items(spec, "metrics").isEmpty()) {
            ObjectNode cpu = spec.putArray("metrics").addObject().put("type", "Resource");
            Json.child(Json.child(cpu, "resource").put("name", "cpu"), "target")
                    .put("type", "Utilization")
                    .put("averageUtilization", CPU_PERCENT);
        }
        if (spec.get("behavior") instanceof ObjectNode behavior) {
            ObjectNode up = Json.child(behavior, "scaleUp");
            absent(up, "stabilizationWindowSeconds", 0);
            absent(up, "selectPolicy", "Max");
            if (!up.has("policies")) {
                ArrayNode policies = up.putArray("policies");
                policy(policies, "Pods", PODS_AT_ONCE);
                policy(policies, "Percent", ALL_PERCENT);
            }
            ObjectNode down = Json.child(behavior, "scaleDown");
            absent(down, "selectPolicy", "Max");
            if (!down.has("policies")) {
                policy(down.putArray("policies"), "Percent", ALL_PERCENT);
            }
        }
        absent(Json.child(autoscaler, "status"), "desiredReplicas", 0);
    }

    private static void policy(ArrayNode policies, String type, int value) {
        policies.addObject().put("type", type).put("value", value).put("periodSeconds", PERIOD_SECONDS);
    }
}
