package io.keelson.orchestrator.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Cidr;
import io.keelson.orchestrator.view.Picture;
import io.keelson.store.ForwardingKv;
import io.keelson.store.Kv;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PerformerTest {

    @Test
    void aMistakeOfTheServerIsTheFailureOfOneActionWhichIsTried() {
        Kv broken = new ForwardingKv() {
            @Override
            protected Kv kv() {
                throw new IllegalStateException("a mistake");
            }
        };
        Api api = new Api(
                broken,
                Kinds::builtIn,
                new Addresses(Cidr.parse("10.96.0.0/16"), Cidr.parse("10.244.0.0/16")),
                InstantSource.system(),
                new Random(1));
        Performer performer = new Performer(api, new Epoch(1), event -> {});

        Outcome outcome =
                performer.perform("test", new Action.Patch(Picture.ref(Kinds.CONFIG_MAP, "c"), 1, Json.object()));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed -> assertThat(failed.message()).contains("a mistake"));
    }
}
