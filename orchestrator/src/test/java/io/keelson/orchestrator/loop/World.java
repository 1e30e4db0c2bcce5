package io.keelson.orchestrator.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.RegistryKey;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.KvWatch;
import io.keelson.store.MemoryKv;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/** A store in memory with the object API on it, and what tests do with them. */
final class World {

    static final WriteOptions WRITE = WriteOptions.by(User.CONTROL_PLANE);

    /** Long enough for a machine that is busy with other things; never reached when all is well. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final InstantSource clock;
    final MemoryKv kv;
    final Api api;

    World(InstantSource clock) {
        this.clock = clock;
        this.kv = new MemoryKv(clock);
        this.api = new Api(kv, Kinds::builtIn, Addresses.standard(), clock, new Random(1));
        for (String name : List.of("default", "kube-system", "kube-node-lease")) {
            namespace(name);
        }
    }

    void namespace(String name) {
        ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
        namespace.putObject("metadata").put("name", name);
        api.create(Kinds.NAMESPACE, "", namespace, WRITE);
    }

    void node(String name) {
        api.create(Kinds.NODE, "", HollowNodes.node(name, clock), WRITE);
    }

    static ObjectNode deployment(String name, int replicas, String image) {
        return Json.parse("""
                {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "%s"},
                 "spec": {"replicas": %d, "selector": {"matchLabels": {"app": "%s"}},
                  "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}},
                  "template": {"metadata": {"labels": {"app": "%s"}},
                   "spec": {"containers": [{"name": "main", "image": "%s"}]}}}}
                """.formatted(name, replicas, name, name, image));
    }

    void create(Kind kind, ObjectNode object) {
        api.create(kind, "default", object, WRITE);
    }

    void patch(Ref ref, String patch) {
        api.patch(ref, "", PatchType.MERGE, Json.parse(patch), WRITE);
    }

    void delete(Ref ref) {
        api.delete(ref, DeleteOptions.by(User.CONTROL_PLANE));
    }

    List<ObjectNode> all(Kind kind) {
        return api.list(ListQuery.all(kind)).items();
    }

    Optional<ObjectNode> find(Ref ref) {
        return api.find(ref).map(stored -> stored.object());
    }

    static Ref ref(Kind kind, String name) {
        return new Ref(kind, kind.namespaced() ? "default" : "", name);
    }

    /** Whether {@code kubectl rollout status} would be content. */
    boolean rolledOut(Ref deployment) {
        ObjectNode object = find(deployment).orElseThrow();
        long replicas = Json.number(object, "spec", "replicas").orElseThrow();
        return Json.number(object, "metadata", "generation").equals(Json.number(object, "status", "observedGeneration"))
                && Json.number(object, "status", "updatedReplicas").orElse(0L) == replicas
                && Json.number(object, "status", "replicas").orElse(0L) == replicas
                && Json.number(object, "status", "availableReplicas").orElse(0L) == replicas;
    }

    /** Waits until something is so; fails, naming it, when it takes too long. */
    static void await(String what, BooleanSupplier condition) {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("still not so: %s", what).isBefore(end);
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
        }
    }

    /** Shows the picture at each revision since the beginning. */
    void replay(Consumer<ClusterImage> visit) throws InterruptedException {
        ClusterImage image = new ClusterImage(Kinds.builtIn());
        try (KvWatch watch = kv.watch(WatchCreateRequest.newBuilder()
                .setKey(Snapshot.BEGIN)
                .setRangeEnd(Snapshot.END)
                .setStartRevision(1)
                .build())) {
            Optional<WatchResponse> told = watch.next(Duration.ofMillis(1));
            while (told.isPresent()) {
                long revision = 0;
                for (Event event : told.get().getEventsList()) {
                    if (revision != 0 && event.getKv().getModRevision() != revision) {
                        image.reached(revision);
                        visit.accept(image);
                    }
                    revision = event.getKv().getModRevision();
                    if (event.getType() == Event.EventType.PUT) {
                        Snapshot.object(Kinds.builtIn(), event.getKv(), clock.instant())
                                .ifPresent(image::set);
                    } else {
                        RegistryKey.parse(
                                        Kinds.builtIn(), event.getKv().getKey().toStringUtf8())
                                .ifPresent(image::remove);
                    }
                }
                image.reached(revision);
                visit.accept(image);
                told = watch.next(Duration.ofMillis(1));
            }
        }
    }
}
