package io.keelson.orchestrator.loop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import io.keelson.orchestrator.view.RegistryKey;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.KvWatch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Goal: whatever happens in whatever order, nothing bad happens, and when it stops all is as it was asked for. Method: one thread plays the
 * loop, the nodes, the users and bad luck from one seed: orders are performed in random order, late, with a wrong answer or by a leader of
 * the past; the picture lags; nodes die and come back. After every step each new revision is checked.
 */
final class ControlSimulationTest {

    private static final int STEPS = 1_500;
    private static final int SURGE = 1;
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final Ref WEB = World.ref(Kinds.DEPLOYMENT, "web");

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final World world = new World(() -> now);
    private final Set<String> dead = new HashSet<>();

    /** The newest state of everything, and what is checked on it. */
    private final ClusterImage truth = new ClusterImage(Kinds.builtIn());

    private final KvWatch truthWatch = watchFrom(1);
    private final Map<String, String> boundTo = new HashMap<>();
    private int mostReplicas = 3;

    /** The leader of the moment. */
    private Reconciler reconciler = new Reconciler(List.of(), new ClusterImage(Kinds.builtIn()), this::mistake);

    private ClusterImage image = new ClusterImage(Kinds.builtIn());
    private KvWatch watch = watchFrom(1);
    private Performer performer = new Performer(world.api, new Epoch(0), event -> {});

    /** Orders on their way; those of an earlier leader among them. */
    private final List<Sent> sent = new ArrayList<>();

    private record Sent(Reconciler by, Performer performer, Order order) {}

    private KvWatch watchFrom(long revision) {
        return world.kv.watch(WatchCreateRequest.newBuilder()
                .setKey(Snapshot.BEGIN)
                .setRangeEnd(Snapshot.END)
                .setStartRevision(revision)
                .build());
    }

    private void mistake(Work work, RuntimeException mistake) {
        throw mistake;
    }

    /** Some seeds and those that have found something, or with {@code -Dkeelson.seeds=1000-1999} others. */
    static LongStream seeds() {
        String asked = System.getProperty("keelson.seeds", "");
        if (asked.isEmpty()) {
            return LongStream.concat(LongStream.rangeClosed(1, 8), LongStream.of(118, 151, 217, 259));
        }
        String[] range = asked.split("-", -1);
        return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[1]));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothingBadHappensAndInTheEndAllIsWell(long seed) throws InterruptedException {
        Random random = new Random(seed);
        NODES.forEach(world::node);
        ObjectNode web = World.deployment("web", 3, "hello:1");
        ((ObjectNode) Json.items(web, "spec", "template", "spec", "containers").getFirst())
                .putObject("resources")
                .putObject("requests")
                .put("cpu", "500m");
        world.create(Kinds.DEPLOYMENT, web);
        lead();
        for (int step = 0; step < STEPS; step++) {
            step(random);
            check(seed, step);
        }
        settle(random, seed);
        assertThat(boundTo)
                .as("the simulation really did something, seed %d", seed)
                .hasSizeGreaterThan(10);
        assertThat(world.rolledOut(WEB))
                .as("rolled out in the end, seed %d", seed)
                .isTrue();
        long replicas =
                Json.number(world.find(WEB).orElseThrow(), "spec", "replicas").orElseThrow();
        assertThat(world.all(Kinds.POD)).as("pods in the end, seed %d", seed).hasSize((int) replicas);
    }

    private void step(Random random) throws InterruptedException {
        switch (random.nextInt(40)) {
            case 0 -> scale(random);
            case 1 -> retemplate(random);
            case 2 -> deletePod(random, Optional.empty());
            case 3 -> deletePod(random, Optional.of(0L));
            case 4 -> dead.add(NODES.get(random.nextInt(NODES.size())));
            case 5, 6 -> revive();
            case 7 -> {
                if (random.nextInt(4) == 0) {
                    lead();
                }
            }
            case 8, 9 -> pass(Duration.ofMillis(1L << random.nextInt(16)));
            case 10, 11, 12, 13, 14, 15, 16 -> nodesAct(random);
            case 17, 18, 19, 20, 21, 22, 23 -> deliver();
            case 24, 25, 26, 27, 28, 29 -> order(1 + random.nextInt(5));
            default -> perform(random);
        }
    }

    private void scale(Random random) {
        int replicas = random.nextInt(7);
        mostReplicas = Math.max(mostReplicas, replicas);
        world.patch(WEB, "{\"spec\": {\"replicas\": " + replicas + "}}");
    }

    private void retemplate(Random random) {
        world.patch(
                WEB,
                "{\"spec\": {\"template\": {\"metadata\": {\"annotations\": {\"try\": \"" + random.nextInt(3)
                        + "\"}}}}}");
    }

    private void deletePod(Random random, Optional<Long> grace) {
        List<ObjectNode> pods = world.all(Kinds.POD);
        if (!pods.isEmpty()) {
            ObjectNode pod = pods.get(random.nextInt(pods.size()));
            DeleteOptions options = DeleteOptions.by(User.CONTROL_PLANE);
            world.api.delete(
                    World.ref(Kinds.POD, Json.string(pod, "metadata", "name").orElseThrow()),
                    grace.map(options::withGracePeriodSeconds).orElse(options));
        }
    }

    private void revive() {
        dead.clear();
        for (String name : NODES) {
            Ref ref = World.ref(Kinds.NODE, name);
            ObjectNode node = world.find(ref).orElseThrow();
            Json.child(node, "status")
                    .set(
                            "conditions",
                            HollowNodes.node(name, () -> now).path("status").path("conditions"));
            world.api.update(ref, "status", node, World.WRITE);
        }
    }

    /** Time goes by, and those nodes that live renew their leases. */
    private void pass(Duration time) {
        Instant end = now.plus(time);
        while (now.isBefore(end)) {
            Instant next = now.plusSeconds(10);
            now = next.isBefore(end) ? next : end;
            NODES.stream().filter(name -> !dead.contains(name)).forEach(this::renew);
        }
    }

    private void renew(String node) {
        Ref ref = new Ref(Kinds.LEASE, "kube-node-lease", node);
        ObjectNode lease = world.find(ref).orElseGet(() -> {
            ObjectNode made =
                    Json.object().put("apiVersion", Kinds.LEASE.apiVersion()).put("kind", Kinds.LEASE.kind());
            made.putObject("metadata").put("name", node).put("namespace", "kube-node-lease");
            return made;
        });
        Json.child(lease, "spec").put("holderIdentity", node).put("renewTime", now.toString());
        if (world.find(ref).isPresent()) {
            world.api.update(ref, "", lease, World.WRITE);
        } else {
            world.api.create(Kinds.LEASE, "kube-node-lease", lease, World.WRITE);
        }
    }

    private void nodesAct(Random random) {
        List<ObjectNode> pods = world.all(Kinds.POD);
        if (!pods.isEmpty()) {
            HollowNodes.step(world.api, () -> now, dead, pods.get(random.nextInt(pods.size())));
        }
    }

    /** Another leader: it has a picture of its own, and what the one before sent is still on its way. */
    private void lead() {
        long epoch = world.kv
                .txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestDeleteRange(
                                        DeleteRangeRequest.newBuilder().setKey(Epoch.KEY)))
                        .build())
                .getHeader()
                .getRevision();
        epoch = world.kv
                .txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestPut(PutRequest.newBuilder()
                                        .setKey(Epoch.KEY)
                                        .setValue(ByteString.copyFromUtf8("s" + epoch))))
                        .build())
                .getHeader()
                .getRevision();
        watch.close();
        image = Snapshot.list(world.kv, Kinds.builtIn(), now);
        watch = watchFrom(image.revision() + 1);
        reconciler = new Reconciler(ControlLoop.controllers("CA"), image, this::mistake);
        performer = new Performer(world.api, new Epoch(epoch), event -> {});
    }

    private void deliver() throws InterruptedException {
        for (Event event : events(watch)) {
            if (event.getKv().getModRevision() > image.revision()) {
                image.reached(event.getKv().getModRevision());
            }
            if (event.getType() == Event.EventType.PUT) {
                Snapshot.object(Kinds.builtIn(), event.getKv(), now)
                        .map(image::set)
                        .ifPresent(reconciler::changed);
            } else {
                RegistryKey.parse(Kinds.builtIn(), event.getKv().getKey().toStringUtf8())
                        .flatMap(image::remove)
                        .ifPresent(reconciler::changed);
            }
        }
        image.reached(Math.max(image.revision(), watch.progress()));
    }

    private static List<Event> events(KvWatch watch) throws InterruptedException {
        return watch.next(Duration.ZERO).map(WatchResponse::getEventsList).orElse(List.of());
    }

    private void order(int enough) {
        reconciler.next(now, enough).forEach(order -> sent.add(new Sent(reconciler, performer, order)));
    }

    private void perform(Random random) {
        if (sent.isEmpty()) {
            return;
        }
        Sent next = sent.remove(random.nextInt(sent.size()));
        long before = revision();
        int luck = random.nextInt(20);
        Outcome outcome =
                luck == 0 ? new Outcome.Failed("not sent") : next.performer.perform("test", next.order.action());
        if (next.by != reconciler) {
            assertThat(revision())
                    .as("a deposed leader does nothing: %s", next.order)
                    .isEqualTo(before);
            return;
        }
        reconciler.performed(next.order, luck == 1 ? new Outcome.Failed("no answer") : outcome, now);
    }

    private long revision() {
        return world.kv
                .range(RangeRequest.newBuilder().setKey(Epoch.KEY).build())
                .getHeader()
                .getRevision();
    }

    private void check(long seed, int step) throws InterruptedException {
        long revision = 0;
        List<Event> events = events(truthWatch);
        while (!events.isEmpty()) {
            for (Event event : events) {
                if (revision != 0 && event.getKv().getModRevision() != revision) {
                    invariants(seed, step, revision);
                }
                revision = event.getKv().getModRevision();
                if (event.getType() == Event.EventType.PUT) {
                    Snapshot.object(Kinds.builtIn(), event.getKv(), now).ifPresent(truth::set);
                } else {
                    RegistryKey.parse(Kinds.builtIn(), event.getKv().getKey().toStringUtf8())
                            .ifPresent(truth::remove);
                }
            }
            invariants(seed, step, revision);
            events = events(truthWatch);
        }
    }

    private void invariants(long seed, int step, long revision) {
        String when = "seed " + seed + ", step " + step + ", revision " + revision;
        List<Pod> live =
                truth.all(Kinds.POD).stream().map(Pod::of).filter(Pod::active).toList();
        assertThat(live.size()).as("live pods, %s", when).isLessThanOrEqualTo(mostReplicas + SURGE);
        for (ClusterObject pod : truth.all(Kinds.POD)) {
            String node = Pod.of(pod).nodeName();
            if (!node.isEmpty()) {
                String before = boundTo.putIfAbsent(pod.uid(), node);
                assertThat(Optional.ofNullable(before).orElse(node))
                        .as("node of %s, %s", pod, when)
                        .isEqualTo(node);
            }
        }
        for (String node : NODES) {
            // Four cores, half a core each.
            assertThat(truth.podsOn(node).size())
                    .as("pods on %s, %s", node, when)
                    .isLessThanOrEqualTo(8);
        }
    }

    /** Nothing bad any more: everything that is on its way arrives, until nothing is left to do. */
    private void settle(Random random, long seed) throws InterruptedException {
        revive();
        for (int round = 0; round < 400; round++) {
            deliver();
            order(Integer.MAX_VALUE);
            while (!sent.isEmpty()) {
                Sent next = sent.remove(random.nextInt(sent.size()));
                Outcome outcome = next.performer.perform("test", next.order.action());
                if (next.by == reconciler) {
                    reconciler.performed(next.order, outcome, now);
                }
            }
            for (ObjectNode pod : world.all(Kinds.POD)) {
                try {
                    HollowNodes.step(world.api, () -> now, dead, pod);
                } catch (ApiException gone) {
                    assertThat(gone.code()).isIn(404, 409);
                }
            }
            pass(Duration.ofSeconds(5));
            check(seed, STEPS + round);
        }
    }
}
