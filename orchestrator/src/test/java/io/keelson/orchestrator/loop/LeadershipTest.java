package io.keelson.orchestrator.loop;

import static io.keelson.orchestrator.loop.World.await;
import static io.keelson.orchestrator.loop.World.ref;
import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Goal: one leads, another takes over, and who leads no longer does no harm. Method: two loops on one store; the first is cut off from it. */
final class LeadershipTest {

    private static final Ref WEB = ref(Kinds.DEPLOYMENT, "web");

    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    private final InstantSource clock = () -> InstantSource.system().instant().plus(ahead.get());
    private final World world = new World(clock);
    private final CutKv firstKv = new CutKv(world.kv);

    private ControlLoop loop(String name, CutKv kv) {
        // Each its own: servers that draw the same numbers give a pod the uid of somebody else's replica set.
        Api api = new Api(kv, Kinds::builtIn, Addresses.standard(), clock, new Random(name.hashCode()));
        return new ControlLoop(name, kv, Kinds::builtIn, api, "CA", clock);
    }

    private KeyValue leaderKey() {
        return world.kv
                .range(RangeRequest.newBuilder().setKey(Epoch.KEY).build())
                .getKvsList()
                .getFirst();
    }

    @Test
    void whenTheLeaderFallsSilentAnotherTakesOverAndTheOldOneCannotWrite() {
        world.node("n1");
        try (HollowNodes nodes = new HollowNodes(world.api, clock);
                ControlLoop first = loop("s1", firstKv);
                ControlLoop second = loop("s2", new CutKv(world.kv))) {
            first.start();
            await("the first leads", () -> first.leader().equals(Optional.of("s1")));
            second.start();
            await("the second follows", () -> second.leader().equals(Optional.of("s1")));
            world.create(Kinds.DEPLOYMENT, World.deployment("web", 2, "hello:1"));
            await("the first works", () -> world.rolledOut(WEB));
            Epoch old = new Epoch(leaderKey().getCreateRevision());
            nodes.kill("none");

            firstKv.cut();
            ahead.set(Duration.ofSeconds(20));
            await("the second leads", () -> second.leader().equals(Optional.of("s2")));
            world.patch(WEB, "{\"spec\": {\"replicas\": 4}}");
            await("the second works", () -> world.rolledOut(WEB));

            Outcome late = new Performer(world.api, old, event -> {}).perform("test", scaleReplicaSet());
            assertThat(late).as("a write under the old epoch").isInstanceOf(Outcome.Stale.class);
            firstKv.mend();
            await("the first follows", () -> first.leader().equals(Optional.of("s2")));
            assertThat(world.rolledOut(WEB)).isTrue();
        }
    }

    private Action scaleReplicaSet() {
        ObjectNode replicaSet = world.all(Kinds.REPLICA_SET).getFirst();
        Ref ref =
                ref(Kinds.REPLICA_SET, replicaSet.path("metadata").path("name").asString(""));
        long revision = Long.parseLong(
                replicaSet.path("metadata").path("resourceVersion").asString(""));
        ObjectNode patch = replicaSet.objectNode();
        patch.putObject("spec").put("replicas", 0);
        return new Action.Patch(ref, revision, patch);
    }

    @Test
    void whenSomebodyRemovesTheLeadersKeyItIsCampaignedForAgain() {
        try (ControlLoop first = loop("s1", firstKv)) {
            first.start();
            await("the first leads", () -> first.leader().equals(Optional.of("s1")));
            long before = leaderKey().getCreateRevision();

            world.kv.leaseRevoke(leaderKey().getLease());
            await(
                    "the first leads again",
                    () -> world
                            .kv
                            .range(RangeRequest.newBuilder().setKey(Epoch.KEY).build())
                            .getKvsList()
                            .stream()
                            .anyMatch(key -> key.getCreateRevision() > before));

            assertThat(leaderKey().getValue().toStringUtf8()).isEqualTo("s1");
        }
    }

    @Test
    void whenHistoryIsCompactedThePictureIsMadeAnew() {
        world.node("n1");
        try (HollowNodes nodes = new HollowNodes(world.api, clock);
                ControlLoop first = loop("s1", firstKv)) {
            first.start();
            await("the first leads", () -> first.leader().equals(Optional.of("s1")));
            nodes.kill("none");
            for (int i = 0; i < 20; i++) {
                world.create(Kinds.DEPLOYMENT, World.deployment("web" + i, 1, "hello:1"));
                world.kv.compact(CompactionRequest.newBuilder()
                        .setRevision(leaderKey().getCreateRevision() + i)
                        .build());
            }
            await(
                    "all are rolled out",
                    () -> world.all(Kinds.DEPLOYMENT).stream()
                            .allMatch(web -> world.rolledOut(ref(
                                    Kinds.DEPLOYMENT,
                                    web.path("metadata").path("name").asString("")))));

            assertThat(world.all(Kinds.POD)).hasSize(20);
        }
    }
}
