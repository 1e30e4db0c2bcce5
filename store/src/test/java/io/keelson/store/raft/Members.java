package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.Awaiting;
import io.keelson.store.HostPort;
import io.keelson.store.KvException;
import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import io.keelson.store.Tls;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Three members in this process, on loopback sockets and real disks, that a test may stop, wipe and start. */
final class Members implements AutoCloseable {

    static final LogLimits USUAL = LogLimits.USUAL;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Longer than a proposal waits: what is acknowledged did not wait for it. */
    private static final Duration PATIENT_ELECTION = Duration.ofMillis(4 * Proposer.REQUEST_TIMEOUT_MILLIS);

    private final Path directory;
    private final LogLimits limits;
    private final Optional<Tls> peerTls;
    private final List<Member> members;
    private final Duration election;
    private final Map<String, Throwable> failures = new ConcurrentHashMap<>();
    private final NavigableMap<String, RaftReplica> running = new ConcurrentSkipListMap<>();

    private Members(Path directory, LogLimits limits, Optional<Tls> peerTls, List<Member> members, Duration election) {
        this.election = election;
        this.directory = directory;
        this.limits = limits;
        this.peerTls = peerTls;
        this.members = members;
    }

    static Members start(Path directory, LogLimits limits, Optional<Tls> peerTls) throws IOException {
        Members members =
                of(directory, limits, peerTls, StoreOptions.DEFAULTS.timing().election());
        members.awaitLeader();
        return members;
    }

    /** With an election timeout so long that nobody in a test waits for it; the first leader is made without. */
    static Members startPatient(Path directory, Optional<Tls> peerTls) throws IOException {
        Members members = of(directory, USUAL, peerTls, PATIENT_ELECTION);
        await(() -> members.get("m1").stand());
        members.awaitLeader();
        return members;
    }

    private static Members of(Path directory, LogLimits limits, Optional<Tls> peerTls, Duration election)
            throws IOException {
        var list = new ArrayList<Member>();
        for (String name : List.of("m1", "m2", "m3")) {
            list.add(new Member(name, Loopback.freeAddress(), List.of(Loopback.freeAddress())));
        }
        var members = new Members(directory, limits, peerTls, new ArrayList<>(list), election);
        list.forEach(member -> members.start(member.name()));
        return members;
    }

    /** Starts one of the first members, or one that runs again. */
    void start(String name) {
        start(name, false);
    }

    /** What a member needs to be added with. */
    List<String> announce(String name) throws IOException {
        var member = new Member(name, Loopback.freeAddress(), List.of(Loopback.freeAddress()));
        members.add(member);
        return List.of("http://" + member.peer());
    }

    /** @param existing the member was added and joins */
    void start(String name, boolean existing) {
        Member member = members.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        StoreOptions usual = StoreOptions.DEFAULTS;
        var config = new StoreConfig(
                name,
                directory(name),
                "test",
                List.of(),
                member.peer(),
                members,
                Optional.empty(),
                peerTls,
                new StoreOptions(
                        usual.limits(),
                        new StoreOptions.Timing(
                                usual.timing().heartbeat(),
                                election,
                                usual.timing().snapshotCount(),
                                usual.timing().progressNotify()),
                        usual.compaction(),
                        usual.auth(),
                        usual.connections(),
                        new StoreOptions.Membership(existing, true)));
        running.put(name, RaftReplica.start(config, limits, problem -> failures.put(name, problem)));
    }

    /** Why a member could not go on, once it could not. */
    Throwable awaitFailure(String name) {
        await(() -> failures.containsKey(name));
        return Objects.requireNonNull(failures.remove(name), name);
    }

    boolean hasFailed(String name) {
        return failures.containsKey(name);
    }

    /** Where the others reach a member. */
    HostPort peer(String name) {
        return members.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow()
                .peer();
    }

    /** The id of a member that runs. */
    long id(String name) {
        return get(name).standing().memberId();
    }

    void stop(String name) {
        Objects.requireNonNull(running.remove(name), name).close();
    }

    /** As if it were killed: it hands nothing over. */
    void kill(String name) {
        Objects.requireNonNull(running.remove(name), name).stopNow();
    }

    Path directory(String name) {
        return directory.resolve(name);
    }

    static void delete(Path tree) throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    RaftReplica get(String name) {
        return Objects.requireNonNull(running.get(name), name);
    }

    List<String> names() {
        return List.copyOf(running.keySet());
    }

    /** Waits until all that run know the same leader among them, and says who it is. */
    String awaitLeader() {
        await(() -> running.values().stream()
                                .map(replica -> replica.standing().leader())
                                .distinct()
                                .toList()
                                .size()
                        == 1
                && leader().filter(running::containsKey).isPresent());
        return leader().orElseThrow();
    }

    private Optional<String> leader() {
        return running.firstEntry().getValue().standing().leader();
    }

    static void await(BooleanSupplier condition) {
        Awaiting.atMost(PATIENCE, condition);
    }

    static Command put(String key, ByteString value) {
        return new Command.Put(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value)
                .build());
    }

    static Replica.Committed done(RaftReplica replica, Command command) throws Exception {
        return replica.propose(command).get(30, TimeUnit.SECONDS);
    }

    /** Puts keys at a member, one after the other; after so many keys it begins again with the first. */
    void fill(String name, int puts, int keys, ByteString value) throws Exception {
        for (int i = 0; i < puts; i++) {
            var _ = done(get(name), put("key-" + i % keys, value));
        }
    }

    /** All keys as they are on the member itself, without asking anybody. */
    List<KeyValue> content(String name) {
        return get(name).read(view -> everything(view));
    }

    private static List<KeyValue> everything(View view) {
        ByteString zero = ByteString.copyFrom(new byte[] {0});
        return Ranges.read(
                        view,
                        RangeRequest.newBuilder().setKey(zero).setRangeEnd(zero).build())
                .getKvsList();
    }

    /** The revision that a member has applied, -1 while a snapshot takes its state's place. */
    long revision(String name) {
        try {
            return get(name).<Long>read(View::revision);
        } catch (KvException e) {
            assertThat(e.reason()).isEqualTo(KvException.Reason.UNAVAILABLE);
            return -1;
        }
    }

    /** Waits until every member has applied what the one that is furthest has. */
    void awaitEven() {
        await(() -> {
            List<Long> revisions =
                    running.keySet().stream().map(this::revision).distinct().toList();
            return revisions.size() == 1 && revisions.getFirst() > 0;
        });
    }

    @Override
    public void close() {
        running.values().forEach(RaftReplica::stopNow);
        running.clear();
        assertThat(failures).as("members that failed and should not have").isEmpty();
    }
}
