package io.keelson.chaos.crash;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.DefragmentRequest;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.MoveLeaderRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.StatusResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.fault.CrashPoint;
import io.keelson.store.fault.PlantedFault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** One run: members of one cluster die one after the other while clients write. */
final class CrashRun implements AutoCloseable {

    /** Rounds between two comparisons of all members. */
    private static final int ROUNDS_BETWEEN_COMPARISONS = 10;

    /** So long a member may serve without coming to its point; then it is killed from outside, and the point counts as missed. */
    private static final long HIT_MILLIS = 20_000;

    private static final long PROVOKE_MILLIS = 150;
    private static final long CALL_MILLIS = 2_000;

    /** A member that is started again serves, and clients get on, after so long at the latest. */
    private static final long RECOVERY_MILLIS = 90_000;

    private static final long PAUSE_MILLIS = 20;

    /** Log entries after which one that was away can only be helped by a snapshot. */
    private static final long ENTRIES_OUT_OF_REACH = 300;

    private static final int PROGRESS = 20;
    private static final ByteString ALL = ByteString.copyFrom(new byte[] {0});

    private final Random random;
    private final Deck deck;
    private final List<Node> nodes = new ArrayList<>();
    private final String initialCluster;
    private final Ledger ledger = new Ledger();
    private final Map<CrashPoint, Integer> armed = new EnumMap<>(CrashPoint.class);
    private final Map<CrashPoint, Integer> hits = new EnumMap<>(CrashPoint.class);
    private final Writers writers;
    private Node last;
    private long compacted;
    private int crashesAtOnce;

    CrashRun(int members, long seed, Path directory, Optional<PlantedFault> fault)
            throws IOException, InterruptedException {
        this.random = new Random(seed);
        this.deck = new Deck(random, members);
        List<String> switches = fault.map(planted -> List.of("-D" + PlantedFault.PROPERTY + "=" + planted))
                .orElse(List.of());
        for (int i = 1; i <= members; i++) {
            nodes.add(new Node("m" + i, directory, switches));
        }
        this.initialCluster = nodes.stream().map(Node::peer).collect(Collectors.joining(","));
        this.last = nodes.getFirst();
        // Members must not outlive this process, however it ends.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> nodes.forEach(Node::close)));
        for (Node node : nodes) {
            node.start(initialCluster, List.of());
        }
        this.writers = new Writers(nodes, ledger, "crash-" + seed + "-" + members);
        awaitProgress();
    }

    Ledger ledger() {
        return ledger;
    }

    Map<CrashPoint, Integer> armed() {
        return armed;
    }

    Map<CrashPoint, Integer> hits() {
        return hits;
    }

    int crashesAtOnce() {
        return crashesAtOnce;
    }

    /** Runs rounds until a promise is broken, compares and judges; how many there were. */
    int run(int rounds, BooleanSupplier hasTime) throws IOException, InterruptedException {
        int done = 0;
        for (int round = 1;
                round <= rounds && hasTime.getAsBoolean() && ledger.violations().isEmpty();
                round++) {
            round(round);
            done++;
            if (round % ROUNDS_BETWEEN_COMPARISONS == 0) {
                compare();
                if (random.nextInt(3) == 0) {
                    killAll();
                }
            }
        }
        startDead();
        if (!writers.stop(RECOVERY_MILLIS)) {
            ledger.violation("a client is still not answered " + RECOVERY_MILLIS + " ms after the last crash");
            return done;
        }
        compare();
        ledger.judge();
        return done;
    }

    // ---- a round ---------------------------------------------------------------------------------------------------

    private void round(int number) throws IOException, InterruptedException {
        Card card = deck.next();
        Node victim = random.nextInt(5) < 3 ? last : nodes.get(random.nextInt(nodes.size()));
        boolean leads = card.point() == CrashPoint.LOG_APPEND || random.nextBoolean();
        long begun = System.nanoTime();
        if (victim != last) {
            startDead();
        }
        victim.kill();
        if (Deck.isInstall(card.point())) {
            awaitOutOfReach(victim);
        }
        armed.merge(card.point(), 1, Integer::sum);
        victim.start(initialCluster, List.of(card.option()));
        boolean hit = awaitDeath(victim, card, leads);
        if (hit) {
            hits.merge(card.point(), 1, Integer::sum);
        }
        last = victim;
        System.out.printf(
                Locale.ROOT,
                "%4d  %s  %-20s %s  %5d ms  %d acknowledged%n",
                number,
                victim.name,
                card,
                hit ? "died  " : "missed",
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun),
                ledger.acknowledgements());
        if (random.nextInt(8) == 0) {
            Node other = nodes.get(random.nextInt(nodes.size()));
            if (other != victim) {
                crashesAtOnce++;
                other.kill();
                other.start(initialCluster, List.of());
            }
        }
    }

    private boolean awaitDeath(Node victim, Card card, boolean leads) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_MILLIS);
        boolean serves = false;
        while (System.nanoTime() - end < 0) {
            OptionalInt ended = victim.awaitEnd(PROVOKE_MILLIS);
            if (ended.isPresent()) {
                if (ended.getAsInt() != Node.KILLED) {
                    ledger.violation(victim.name + ", armed with " + card + ", ended with " + ended.getAsInt() + ":\n"
                            + victim.lastWords());
                }
                return true;
            }
            try {
                long id = status(victim).getHeader().getMemberId();
                if (!serves) {
                    serves = true;
                    end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(HIT_MILLIS);
                }
                provoke(victim, id, card, leads);
            } catch (StatusRuntimeException e) {
                // It is not up yet, or has just died; nothing is asked of it that must succeed.
            }
        }
        if (!serves) {
            ledger.violation(victim.name + " does not serve after " + RECOVERY_MILLIS + " ms:\n" + victim.lastWords());
        }
        victim.kill();
        return false;
    }

    private void provoke(Node victim, long id, Card card, boolean leads) throws InterruptedException {
        if (leads) {
            giveLead(victim, id);
        }
        switch (card.point()) {
            case COMPACT_DECIDED, COMPACT_WRITTEN -> compact();
            case RECLAIM -> {
                var _ = victim.maintenance(CALL_MILLIS).defragment(DefragmentRequest.getDefaultInstance());
            }
            default -> {}
        }
    }

    private void giveLead(Node victim, long id) {
        long leader = status(victim).getLeader();
        if (leader == id || leader == 0) {
            return;
        }
        for (Node node : nodes) {
            if (node != victim && node.isAlive() && status(node).getHeader().getMemberId() == leader) {
                var _ = node.maintenance(CALL_MILLIS)
                        .moveLeader(
                                MoveLeaderRequest.newBuilder().setTargetID(id).build());
            }
        }
    }

    private static StatusResponse status(Node node) {
        return node.maintenance(CALL_MILLIS).status(StatusRequest.getDefaultInstance());
    }

    /** What is compacted must have been read before. */
    private void compact() throws InterruptedException {
        if (ledger.readThrough() <= compacted) {
            readHistory();
        }
        long through = ledger.readThrough();
        if (through > compacted) {
            Optional<Node> asked = nodes.stream().filter(Node::isAlive).findAny();
            if (asked.isPresent()) {
                var _ = asked.get()
                        .kv(CALL_MILLIS)
                        .compact(CompactionRequest.newBuilder()
                                .setRevision(through)
                                .build());
                compacted = through;
            }
        }
    }

    /** The others go on without it, until they have given up the entries that it would need. */
    private void awaitOutOfReach(Node victim) throws InterruptedException {
        long from = -1;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_MILLIS);
        while (System.nanoTime() - end < 0) {
            for (Node node : nodes) {
                if (node != victim) {
                    try {
                        long index = status(node).getRaftIndex();
                        from = from < 0 ? index : from;
                        if (index - from > ENTRIES_OUT_OF_REACH) {
                            return;
                        }
                    } catch (StatusRuntimeException e) {
                        // Not up yet.
                        break;
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
        ledger.violation("the others do not get on without " + victim.name);
    }

    // ---- all of them -----------------------------------------------------------------------------------------------

    private void startDead() throws IOException {
        for (Node node : nodes) {
            if (!node.isAlive()) {
                node.start(initialCluster, List.of());
            }
        }
    }

    private void killAll() throws IOException, InterruptedException {
        crashesAtOnce++;
        for (Node node : nodes) {
            node.kill();
        }
        startDead();
        awaitProgress();
    }

    /** All members come up, have the same, and clients get on; then the history is read. */
    private void compare() throws IOException, InterruptedException {
        startDead();
        if (!writers.isStopped()) {
            awaitProgress();
        }
        sameHashes();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_MILLIS);
        while (!readHistory()) {
            if (System.nanoTime() - end > 0) {
                ledger.violation("the history cannot be read");
                return;
            }
        }
    }

    private void awaitProgress() throws InterruptedException {
        long before = ledger.acknowledgements();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_MILLIS);
        while (ledger.acknowledgements() < before + PROGRESS) {
            if (System.nanoTime() - end > 0) {
                ledger.violation("no client gets on, " + RECOVERY_MILLIS + " ms after the last crash");
                return;
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private void sameHashes() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(RECOVERY_MILLIS);
        long revision = 0;
        var hashes = new HashMap<String, Integer>();
        while (hashes.size() < nodes.size()) {
            if (System.nanoTime() - end > 0) {
                for (Node node : nodes) {
                    if (!hashes.containsKey(node.name)) {
                        ledger.violation(node.name + " has not reached revision " + revision + " after "
                                + RECOVERY_MILLIS + " ms; alive: " + node.isAlive() + "\n" + node.lastWords());
                    }
                }
                return;
            }
            for (Node node : nodes) {
                try {
                    if (revision == 0) {
                        revision = newest(node);
                    }
                    if (!hashes.containsKey(node.name)) {
                        hashes.put(
                                node.name,
                                node.maintenance(CALL_MILLIS)
                                        .hashKV(HashKVRequest.newBuilder()
                                                .setRevision(revision)
                                                .build())
                                        .getHash());
                    }
                } catch (StatusRuntimeException e) {
                    // It is not up yet, or has not got so far.
                    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                }
            }
        }
        if (hashes.values().stream().distinct().count() > 1) {
            ledger.violation("hashes at revision " + revision + " differ: " + hashes);
        }
        System.out.println(
                "      all members have hash " + hashes.values().iterator().next() + " at revision " + revision);
    }

    private static long newest(Node node) {
        return node.kv(CALL_MILLIS)
                .range(RangeRequest.newBuilder()
                        .setKey(ALL)
                        .setRangeEnd(ALL)
                        .setCountOnly(true)
                        .build())
                .getHeader()
                .getRevision();
    }

    // ---- history ---------------------------------------------------------------------------------------------------

    /** Reads on, through the newest revision; false if nobody tells it now. */
    private boolean readHistory() throws InterruptedException {
        for (Node node : nodes) {
            if (!node.isAlive()) {
                continue;
            }
            try {
                long through = newest(node);
                long from = ledger.readThrough() + 1;
                if (through < from) {
                    return true;
                }
                Optional<List<Event>> events = events(node, from, through);
                if (events.isPresent()) {
                    ledger.history(events.get(), through);
                    return true;
                }
            } catch (StatusRuntimeException e) {
                // Another will tell.
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        }
        return false;
    }

    private static Optional<List<Event>> events(Node node, long from, long through) throws InterruptedException {
        var events = new ArrayList<Event>();
        var all = new CompletableFuture<List<Event>>();
        StreamObserver<WatchRequest> requests = node.watch().watch(new StreamObserver<WatchResponse>() {
            @Override
            public void onNext(WatchResponse response) {
                for (Event event : response.getEventsList()) {
                    if (event.getKv().getModRevision() <= through) {
                        events.add(event);
                    }
                }
                if (response.getEventsCount() > 0
                        && response.getEventsList().getLast().getKv().getModRevision() >= through) {
                    all.complete(events);
                } else if (response.getCanceled()) {
                    all.completeExceptionally(new IOException("canceled: " + response.getCancelReason()));
                }
            }

            @Override
            public void onError(Throwable problem) {
                all.completeExceptionally(problem);
            }

            @Override
            public void onCompleted() {
                all.completeExceptionally(new IOException("the watch ended"));
            }
        });
        try {
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(ALL)
                            .setRangeEnd(ALL)
                            .setStartRevision(from))
                    .build());
            return Optional.of(all.get(30, TimeUnit.SECONDS));
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } finally {
            requests.onCompleted();
        }
    }

    @Override
    public void close() {
        writers.close();
        nodes.forEach(Node::close);
    }
}
