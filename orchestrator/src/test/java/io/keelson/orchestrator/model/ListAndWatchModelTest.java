package io.keelson.orchestrator.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.model.History.Told;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.store.MemoryKv;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Goal: whatever is written, and whoever else writes: every list is what was stored at the revision that it claims, and every watch tells
 * exactly the changes after where it began, so that who follows it knows what a list would say.
 *
 * <p>Method: one server on a store in memory, controllers running; random writes, watches and lists of four kinds, one of them custom, over
 * REST and gRPC; history goes now and then. All of it is compared with {@link History}.
 *
 * <p>For more: {@code -Dkeelson.model.seeds=1-500}, {@code -Dkeelson.model.steps=400}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ListAndWatchModelTest {

    private static final String SEEDS = System.getProperty("keelson.model.seeds", "1-3");
    private static final int STEPS = Integer.getInteger("keelson.model.steps", 160);
    private static final int MAX_WATCHERS = 24;

    private final MemoryKv kv = new MemoryKv();
    private final History history = new History(kv);
    private TestServer server;
    private ManagedChannel channel;
    private Client client;
    private long compacted;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException, InterruptedException {
        server = TestServer.start(directory, "s1", kv);
        channel = server.channel(server.authority().client("grpc", "CN=admin,O=system:masters"));
        client = new Client(server, server.admin(), channel);
        assertThat(client.send(
                                "POST",
                                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                                "application/json",
                                Row.WIDGET_DEFINITION)
                        .code())
                .isEqualTo(201);
        TestServer.await(
                "widgets are served",
                () -> server.api().kinds().named("widgets").isPresent());
    }

    @AfterAll
    void stop() {
        channel.shutdownNow();
        server.close();
        history.close();
    }

    static LongStream seeds() {
        String[] range = SEEDS.split("-", 2);
        return LongStream.rangeClosed(Long.parseLong(range[0]), Long.parseLong(range[range.length - 1]));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void listsAndWatchesAreThoseOfTheNaiveModel(long seed) throws IOException, InterruptedException {
        Random random = new Random(seed);
        List<String> namespaces = List.of("m" + seed + "a", "m" + seed + "b");
        List<String> names = List.of("o0-" + seed, "o1-" + seed, "o2-" + seed, "o3-" + seed, "o4-" + seed);
        for (String namespace : namespaces) {
            namespace(namespace);
        }
        Writing writing = new Writing(client, history, random, namespaces, names);
        Listing listing = new Listing(client, history, random);
        List<Client.Running> watches = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            Selection selection =
                    Selection.draw(random, Row.ALL.get(random.nextInt(Row.ALL.size())), namespaces, names);
            int what = random.nextInt(20);
            if (what < 12) {
                writing.step();
            } else if (what < 15 && watches.size() < MAX_WATCHERS) {
                watches.add(watch(random, selection));
            } else if (what < 18) {
                listing.whole(selection, compacted);
            } else if (what == 18) {
                listing.paged(selection, () -> {
                    for (int i = random.nextInt(3); i > 0; i--) {
                        writing.step();
                    }
                    return random.nextInt(6) == 0 ? compact(history.newest()) : compacted;
                });
            } else if (random.nextInt(4) == 0) {
                compact(history.newest() - random.nextInt(30));
            }
        }
        end(watches);
        judge(watches);
    }

    private void namespace(String name) throws IOException, InterruptedException {
        client.send(
                "POST",
                "/api/v1/namespaces",
                "application/json",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"" + name + "\"}}");
        Ref account = new Ref(Kinds.SERVICE_ACCOUNT, name, "default");
        TestServer.await(
                "the service account of " + name,
                () -> server.api().find(account).isPresent());
    }

    /** Gives up history before a revision, which the model has taken in first. */
    private long compact(long revision) throws InterruptedException {
        history.catchUp();
        if (revision > compacted) {
            kv.compact(CompactionRequest.newBuilder().setRevision(revision).build());
            compacted = revision;
        }
        return compacted;
    }

    private Client.Running watch(Random random, Selection selection) {
        long before = history.newest();
        long past = Math.max(1, before - random.nextInt(40));
        boolean bookmarks = random.nextInt(4) > 0;
        String common = "&timeoutSeconds=" + (1 + random.nextInt(2)) + (bookmarks ? "&allowWatchBookmarks=true" : "");
        return switch (random.nextInt(6)) {
            case 0 -> client.watch(watcher("REST", selection, 0, before), common);
            case 1 -> client.watch(watcher("REST", selection, 0, before), common + "&resourceVersion=0");
            case 2 ->
                client.watch(
                        watcher("REST with initial events", selection, 0, before),
                        common + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                                + (random.nextBoolean() ? "" : "&resourceVersion=" + past));
            case 3 -> client.watchOverGrpc(selection, random.nextBoolean() ? 0 : past, before);
            default -> client.watch(watcher("REST", selection, past, before), common + "&resourceVersion=" + past);
        };
    }

    private static Watcher watcher(String how, Selection selection, long from, long before) {
        return new Watcher(how, selection, from, before, new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
    }

    /** Watches over REST end by themselves; those over gRPC are ended when they have told all. */
    private void end(List<Client.Running> watches) throws InterruptedException {
        for (Client.Running running : watches) {
            if (running.watcher().how().equals("gRPC")) {
                long reached = history.catchUp();
                TestServer.await(
                        running.watcher() + " tells all",
                        () -> running.expired()
                                || !running.watcher().failures().isEmpty()
                                || hasToldAll(running.watcher(), reached));
                running.cancel().run();
            }
            assertThat(running.thread().join(Duration.ofSeconds(30)))
                    .as("%s ends", running.watcher())
                    .isTrue();
        }
    }

    private boolean hasToldAll(Watcher watcher, long reached) {
        if (watcher.from() > 0) {
            return watcher.told().stream()
                            .filter(told -> !told.type().equals(Watcher.BOOKMARK))
                            .count()
                    >= history.events(watcher.selection(), watcher.from(), reached)
                            .size();
        }
        return watcher.fold(watcher.told()).equals(history.state(watcher.selection(), reached))
                || Watcher.last(watcher.told()) > reached;
    }

    private void judge(List<Client.Running> watches) throws IOException, InterruptedException {
        history.catchUp();
        for (Client.Running running : watches) {
            Watcher watcher = running.watcher();
            assertThat(watcher.fault(history, compacted)).as(watcher.toString()).isEmpty();
            if (!running.expired()) {
                followerKnowsWhatAListSays(watcher);
            }
        }
    }

    private void followerKnowsWhatAListSays(Watcher watcher) throws IOException, InterruptedException {
        long reached = Math.max(watcher.from(), Watcher.last(watcher.told()));
        boolean endsWithBookmark =
                !watcher.told().isEmpty() && watcher.told().getLast().type().equals(Watcher.BOOKMARK);
        if (reached < Math.max(1, compacted) || !(endsWithBookmark || watcher.from() > 0)) {
            return;
        }
        List<Told> known = new ArrayList<>();
        if (watcher.from() > 0) {
            known.addAll(history.state(watcher.selection(), watcher.from()).values());
        }
        known.addAll(watcher.told());
        Selection selection = watcher.selection();
        Client.Answer list = client.get(selection.row().path(selection.namespace()) + selection.query()
                + "&resourceVersionMatch=Exact&resourceVersion=" + reached);
        assertThat(watcher.fold(known).values().stream().map(Told::object).toList())
                .as("what a follower of %s knows at %s", watcher, reached)
                .isEqualTo(List.copyOf(io.keelson.orchestrator.kind.Json.items(list.body(), "items")));
    }
}
