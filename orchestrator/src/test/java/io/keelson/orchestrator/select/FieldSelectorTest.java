package io.keelson.orchestrator.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class FieldSelectorTest {

    private static final ObjectNode POD = Json.parse("""
            {"metadata":{"name":"p","namespace":"d"},"spec":{"nodeName":"n1"},"status":{"phase":"Running"}}
            """);

    private static boolean matches(String selector) {
        return FieldSelector.parse(Kinds.POD, selector).matches(POD);
    }

    @Test
    void allTermsMustHold() {
        assertThat(matches("")).isTrue();
        assertThat(matches("metadata.name=p,metadata.namespace=d")).isTrue();
        assertThat(matches("spec.nodeName==n1,status.phase!=Failed")).isTrue();
        assertThat(matches("spec.nodeName=n1,status.phase!=Running")).isFalse();
        assertThat(matches("spec.nodeName=")).isFalse();
        assertThat(matches("status.nominatedNodeName=")).isTrue();
        assertThat(matches("spec.hostNetwork=false")).isTrue();
    }

    @Test
    void fieldThatTheKindDoesNotOfferIsRefused() {
        assertThatThrownBy(() -> FieldSelector.parse(Kinds.CONFIG_MAP, "spec.nodeName=n1"))
                .isInstanceOf(SelectorException.class)
                .hasMessage(
                        "\"spec.nodeName\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"");
        assertThatThrownBy(() -> matches("spec.image=i")).hasMessage("field label not supported: spec.image");
        assertThatThrownBy(() -> FieldSelector.parse(Kinds.NODE, "metadata.namespace=d"))
                .hasMessage("field label not supported: metadata.namespace");
        assertThatThrownBy(() -> matches("metadata.name")).isInstanceOf(SelectorException.class);
        assertThatThrownBy(() -> matches("metadata.name=a=b")).isInstanceOf(SelectorException.class);
    }

    @Test
    void jobsAreSelectedByHowManyOfTheirPodsSucceeded() {
        FieldSelector three = FieldSelector.parse(
                Kinds.builtIn().byResource("batch", "v1", "jobs").orElseThrow(), "status.successful=3");
        assertThat(three.matches(Json.parse("{\"status\":{\"succeeded\":3}}"))).isTrue();
        assertThat(three.matches(Json.parse("{\"status\":{}}"))).isFalse();
    }

    @Test
    void escapedSeparatorsAreText() {
        assertThat(FieldSelector.parse(Kinds.POD, "metadata.name=a\\,b\\=c\\\\").required("metadata.name"))
                .contains("a,b=c\\");
    }

    @Test
    void numbersAndFlagsCompareAsText() {
        assertThat(FieldSelector.parse(Kinds.REPLICA_SET, "status.replicas=3")
                        .matches(Json.parse("{\"status\":{\"replicas\":3}}")))
                .isTrue();
        assertThat(FieldSelector.parse(Kinds.NODE, "spec.unschedulable=true")
                        .matches(Json.parse("{\"spec\":{\"unschedulable\":true}}")))
                .isTrue();
    }
}
