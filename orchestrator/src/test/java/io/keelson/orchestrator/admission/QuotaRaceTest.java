package io.keelson.orchestrator.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteCheck;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.store.MemoryKv;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Quotas under many writers: the sum is in the transaction of each write. */
class QuotaRaceTest {

    private static final WriteOptions BY_ADMIN = WriteOptions.by(new User("admin", List.of("system:masters")));
    private static final Kind QUOTA =
            Kinds.builtIn().byApiVersion("v1", "ResourceQuota").orElseThrow();
    private static final Ref ONE = new Ref(QUOTA, "default", "q");

    private final MemoryKv kv = new MemoryKv();
    // Two servers, each with locks of its own.
    private final List<Api> servers = List.of(server(1), server(2));
    private final Api api = servers.getFirst();

    private Api server(int seed) {
        return new Api(
                kv,
                Kinds::builtIn,
                Addresses.standard(),
                InstantSource.fixed(Instant.parse("2026-01-01T00:00:00Z")),
                new Random(seed),
                WriteCheck.NONE,
                new Admissions(kv, Kinds::builtIn, WebhookCaller.NONE));
    }

    @BeforeEach
    void namespaceAndQuota() {
        api.create(Kinds.NAMESPACE, "", object(Kinds.NAMESPACE, "default"), BY_ADMIN);
        ObjectNode quota = object(QUOTA, "q");
        Json.child(Json.child(quota, "spec"), "hard").put("count/configmaps", "10");
        api.create(QUOTA, "default", quota, BY_ADMIN);
        ObjectNode counted = api.get(ONE).object();
        Json.child(Json.child(counted, "status"), "used").put("count/configmaps", "0");
        api.update(ONE, "status", counted, BY_ADMIN);
    }

    private static ObjectNode object(Kind kind, String name) {
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        Json.child(object, "metadata").put("name", name);
        return object;
    }

    private String used() {
        return api.get(ONE).object().at("/status/used/count~1configmaps").asString("");
    }

    @Test
    void manyWritersOnTwoServersCannotOverrunAQuota() throws InterruptedException, ExecutionException {
        List<Future<Boolean>> writes = new ArrayList<>();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
                String name = "m" + i;
                Api server = servers.get(i % 2);
                writes.add(writers.submit(() -> created(server, name)));
            }
        }
        int done = 0;
        for (Future<Boolean> write : writes) {
            done += write.get() ? 1 : 0;
        }
        assertThat(done).isEqualTo(10);
        assertThat(api.list(ListQuery.in(Kinds.CONFIG_MAP, "default")).items()).hasSize(10);
        assertThat(used()).isEqualTo("10");
    }

    private static boolean created(Api server, String name) {
        try {
            server.create(Kinds.CONFIG_MAP, "default", object(Kinds.CONFIG_MAP, name), BY_ADMIN);
            return true;
        } catch (ApiException e) {
            assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN);
            assertThat(e.getMessage())
                    .isEqualTo("configmaps \"" + name + "\" is forbidden: exceeded quota: q, requested:"
                            + " count/configmaps=1, used: count/configmaps=10, limited: count/configmaps=10");
            return false;
        }
    }

    @Test
    void aDryRunUsesNothing() {
        WriteOptions dry = new WriteOptions(BY_ADMIN.user(), "t", true, FieldValidation.STRICT, List.of());
        api.create(Kinds.CONFIG_MAP, "default", object(Kinds.CONFIG_MAP, "m"), dry);
        assertThat(used()).isEqualTo("0");
    }

    @Test
    void aWriteThatFailsUsesNothing() {
        api.create(Kinds.CONFIG_MAP, "default", object(Kinds.CONFIG_MAP, "m"), BY_ADMIN);
        try {
            api.create(Kinds.CONFIG_MAP, "default", object(Kinds.CONFIG_MAP, "m"), BY_ADMIN);
        } catch (ApiException e) {
            assertThat(e.reason()).isEqualTo(Reason.ALREADY_EXISTS);
        }
        assertThat(used()).isEqualTo("1");
    }
}
