package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ConversionTest {

    private static final Kind HPA_V1 = WorkloadKinds.HORIZONTAL_POD_AUTOSCALER_V1;

    @Test
    void nothingOfAnAutoscalerIsLostOnTheWayThroughTheOldVersion() {
        ObjectNode stored = Json.parse("""
                {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"a"},
                 "spec":{"maxReplicas":5,"metrics":[
                   {"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}},
                   {"type":"Resource","resource":{"name":"memory","target":{"type":"AverageValue","averageValue":"1Gi"}}}],
                  "behavior":{"scaleUp":{"selectPolicy":"Max"}}},
                 "status":{"desiredReplicas":2,"currentReplicas":2,"conditions":[{"type":"AbleToScale","status":"True"}]}}
                """);
        ObjectNode old = Conversion.read(HPA_V1, stored);
        assertThat(old.path("apiVersion").asString()).isEqualTo("autoscaling/v1");
        assertThat(old.path("spec").path("targetCPUUtilizationPercentage").asInt())
                .isEqualTo(70);
        assertThat(old.path("spec").has("metrics")).isFalse();
        assertThat(Schema.check(HPA_V1, old)).isEmpty();
        assertThat(Json.parse(Json.write(Conversion.write(HPA_V1, old)))).isEqualTo(Json.parse(Json.write(stored)));
    }

    @Test
    void anEventIsTheSameUnderItsNewNames() {
        ObjectNode stored = Json.parse("""
                {"apiVersion":"v1","kind":"Event","metadata":{"name":"e"},"involvedObject":{"kind":"Pod","name":"p"},
                 "message":"text","reason":"Started","source":{"component":"kubelet"},"count":2,
                 "firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:00:00Z","type":"Normal"}
                """);
        ObjectNode now = Conversion.read(NetworkKinds.EVENT, stored);
        assertThat(now.path("apiVersion").asString()).isEqualTo("events.k8s.io/v1");
        assertThat(now.path("regarding").path("name").asString()).isEqualTo("p");
        assertThat(now.path("note").asString()).isEqualTo("text");
        assertThat(now.path("deprecatedCount").asInt()).isEqualTo(2);
        assertThat(Schema.check(NetworkKinds.EVENT, now)).isEmpty();
        assertThat(Json.parse(Json.write(Conversion.write(NetworkKinds.EVENT, now))))
                .isEqualTo(Json.parse(Json.write(stored)));
    }

    @Test
    void anObjectInTheFormOfItsKindIsTheSameObject() {
        ObjectNode pod = Json.parse("{\"apiVersion\":\"v1\",\"kind\":\"Pod\"}");
        assertThat(Conversion.read(Kinds.POD, pod)).isSameAs(pod);
        assertThat(Conversion.write(Kinds.POD, pod)).isSameAs(pod);
    }
}
