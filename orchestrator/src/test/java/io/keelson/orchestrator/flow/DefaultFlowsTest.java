package io.keelson.orchestrator.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Validation;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DefaultFlowsTest {

    private static void valid(String kind, List<ObjectNode> objects) {
        Kind row = Kinds.builtIn()
                .byApiVersion("flowcontrol.apiserver.k8s.io/v1", kind)
                .orElseThrow();
        for (ObjectNode object : objects) {
            Defaults.apply(row, object);
            assertThat(Validation.validate(row, Optional.empty(), object))
                    .as(object.toString())
                    .isEmpty();
        }
    }

    @Test
    void whatIsThereFromTheBeginningIsValid() {
        valid("FlowSchema", DefaultFlows.schemas());
        valid("PriorityLevelConfiguration", DefaultFlows.levels());
    }
}
