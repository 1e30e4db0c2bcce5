package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.HostPort;
import io.keelson.store.KvException;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.Tls;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Three members in this process, on loopback sockets and real disks, that a test may stop, wipe and start. */
final class Members implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path directory;
    private final LogLimits limits;
    private final Optional<Tls> peerTls;
    private final List<Member> members;
    private final NavigableMap<String, RaftReplica> running = new ConcurrentSkipListMap<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    private Members(Path directory, LogLimits limits, Optional<Tls> peerTls, List<Member> members) {
        this.directory = directory;
        this.limits = limits;
        this.peerTls = peerTls;
        this.members = members;
    }

    static Members start(Path directory, LogLimits limits, Optional<Tls> peerTls) throws IOException {
        var list = new ArrayList<Member>();
        for (String name : List.of("m1", "m2", "m3")) {
            list.add(new Member(name, freePort(), List.of(freePort())));
        }
        var members = new Members(directory, limits, peerTls, List.copyOf(list));
        list.forEach(member -> members.start(member.name()));
        members.awaitLeader();
        return members;
    }

    private static HostPort freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new HostPort("127.0.0.1", socket.getLocalPort());
        }
    }

    void start(String name) {
        Member member = members.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        var config = new StoreConfig(
                name, directory(name), "test", member.clients(), member.peer(), members, Optional.empty(), peerTls);
        running.put(name, RaftReplica.start(config, limits, failures::add));
    }

    void stop(String name) {
        Objects.requireNonNull(running.remove(name), name).close();
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
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited for %s", PATIENCE).isLessThan(end);
            Thread.onSpinWait();
        }
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
        running.values().forEach(RaftReplica::close);
        running.clear();
        assertThat(failures).as("members that could not go on").isEmpty();
    }
}
