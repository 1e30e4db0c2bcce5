package io.keelson.orchestrator.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.access.ToldKv;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.store.MemoryKv;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Who may come in. */
class TurnstileTest {

    private static final User ADMIN = new User("admin", List.of("system:masters"));
    private static final Access PODS = new Access.ToObjects("list", "", "pods", "x", "");

    private final MemoryKv kv = new MemoryKv();
    private final Turnstile turnstile = new Turnstile(new ToldKv(kv), 600);

    @BeforeEach
    void defaults() {
        Api api = new Api(
                kv,
                Kinds::builtIn,
                Addresses.standard(),
                InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")),
                new Random(1));
        for (ObjectNode each : DefaultFlows.levels()) {
            api.create(
                    Kinds.builtIn()
                            .byApiVersion(Flows.GROUP + "/v1", "PriorityLevelConfiguration")
                            .orElseThrow(),
                    "",
                    each,
                    WriteOptions.by(ADMIN));
        }
        for (ObjectNode each : DefaultFlows.schemas()) {
            api.create(
                    Kinds.builtIn()
                            .byApiVersion(Flows.GROUP + "/v1", "FlowSchema")
                            .orElseThrow(),
                    "",
                    each,
                    WriteOptions.by(ADMIN));
        }
    }

    @Test
    void whoIsExemptDoesNotWaitButIsRefusedWhenTooManyAreInside() throws InterruptedException {
        List<Turnstile.Turn> inside = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            inside.add(turnstile.enter(ADMIN, PODS));
        }
        ApiException refused = catchThrowableOfType(ApiException.class, () -> turnstile.enter(ADMIN, PODS));
        assertThat(refused.reason()).isEqualTo(Reason.TOO_MANY_REQUESTS);
        turnstile.enter(new User("joe", List.of("system:authenticated")), PODS).close();
        inside.getFirst().close();
        inside.getFirst().close();
        inside.set(0, turnstile.enter(ADMIN, PODS));
        assertThat(inside.getFirst().place().level().exempt()).isTrue();
        assertThat(catchThrowableOfType(ApiException.class, () -> turnstile.enter(ADMIN, PODS)))
                .isNotNull();
    }

    private Load load(String schema) {
        return turnstile.loads().stream()
                .filter(each -> each.of().schema().equals(schema))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoIsInsideAndWhoWasRefusedIsCounted() throws InterruptedException {
        Turnstile.Turn turn = turnstile.enter(ADMIN, PODS);
        assertThat(load("exempt").executing()).isEqualTo(1);
        turn.close();
        turn.close();
        assertThat(load("exempt").executing()).isZero();
        assertThat(load("exempt").dispatched()).isEqualTo(1);
        List<Turnstile.Turn> inside = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            inside.add(turnstile.enter(ADMIN, PODS));
        }
        assertThat(inside).hasSize(200);
        assertThat(catchThrowableOfType(ApiException.class, () -> turnstile.enter(ADMIN, PODS)))
                .isNotNull();
        assertThat(load("exempt").refused(Load.Refusal.CONCURRENCY_LIMIT)).isEqualTo(1);
        assertThat(load("exempt").refused(Load.Refusal.QUEUE_FULL)).isZero();
        assertThat(load("exempt").waiting()).isZero();
    }
}
