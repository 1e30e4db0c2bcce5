package io.keelson.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: who asks again under the same id, of whichever member, through changes of the leader, is told one revision and has written once.
 * Method: clients that ask two members at once and give up soon, so that many requests are under way twice; the version of a key counts
 * how often it was written.
 */
class RequestIdClusterTest {

    private static final int CLIENTS = 8;
    private static final int CHANGES_OF_LEADER = 2;
    private static final long PATIENCE_MILLIS = 400;

    @TempDir
    Path directory;

    private final NavigableMap<String, Store> running = new ConcurrentSkipListMap<>();
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final List<Member> members = new ArrayList<>();
    private final AtomicInteger written = new AtomicInteger();
    private volatile boolean stop;

    @AfterEach
    void close() {
        channels.values().forEach(ManagedChannel::shutdownNow);
        running.values().forEach(Store::close);
    }

    @Test
    void whoAsksAgainIsToldTheSameAndHasWrittenOnce() throws Exception {
        for (String name : List.of("m1", "m2", "m3")) {
            members.add(new Member(name, Loopback.freeAddress(), List.of(Loopback.freeAddress())));
        }
        members.forEach(this::start);
        await(() -> running.values().stream().allMatch(Store::ready));
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var counts = new ArrayList<Future<Integer>>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                counts.add(clients.submit(() -> write(number)));
            }
            for (int change = 0; change < CHANGES_OF_LEADER; change++) {
                awaitWrites();
                String leader = leader();
                Objects.requireNonNull(running.remove(leader), leader).close();
                awaitWrites();
                start(members.stream()
                        .filter(member -> member.name().equals(leader))
                        .findFirst()
                        .orElseThrow());
            }
            awaitWrites();
            stop = true;
            for (int client = 0; client < CLIENTS; client++) {
                int count = counts.get(client).get(60, TimeUnit.SECONDS);
                KeyValue found = get("client-" + client);
                assertThat(found.getVersion()).as("client %d", client).isEqualTo(count);
                assertThat(found.getValue().toStringUtf8()).isEqualTo("" + (count - 1));
            }
        }
    }

    /** Writes one after the other until told to stop; how many. */
    private int write(int client) throws Exception {
        int count = 0;
        long last = 0;
        while (!stop) {
            var request = PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("client-" + client))
                    .setValue(ByteString.copyFromUtf8("" + count))
                    .build();
            String id = client + "/" + count;
            List<Member> order = new ArrayList<>(members);
            Collections.rotate(order, client + count);
            long revision;
            try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Long> one = both.submit(() -> revision(order, request, id));
                Future<Long> other = both.submit(() -> revision(order.reversed(), request, id));
                revision = one.get();
                assertThat(other.get()).as("what %s was told", id).isEqualTo(revision);
            }
            assertThat(revision).as(id).isGreaterThan(last);
            last = revision;
            count++;
            written.incrementAndGet();
        }
        return count;
    }

    /** Asks one member after the other until one answers. */
    private long revision(List<Member> order, PutRequest request, String id) {
        for (int i = 0; ; i++) {
            try {
                return kv(order.get(i % order.size()), id)
                        .put(request)
                        .getHeader()
                        .getRevision();
            } catch (StatusRuntimeException e) {
                switch (e.getStatus().getCode()) {
                    case UNAVAILABLE, DEADLINE_EXCEEDED, UNKNOWN, CANCELLED -> {}
                    default -> throw e;
                }
            }
        }
    }

    private KVGrpc.KVBlockingStub kv(Member member, String id) {
        var metadata = new Metadata();
        metadata.put(Metadata.Key.of("keelson-request-id", Metadata.ASCII_STRING_MARSHALLER), id);
        return KVGrpc.newBlockingStub(channel(member))
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .withWaitForReady()
                .withDeadlineAfter(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private ManagedChannel channel(Member member) {
        return channels.computeIfAbsent(member.name(), _ -> {
            HostPort address = member.clients().getFirst();
            return NettyChannelBuilder.forAddress(address.host(), address.port())
                    .usePlaintext()
                    .build();
        });
    }

    private KeyValue get(String key) {
        return Objects.requireNonNull(running.firstEntry())
                .getValue()
                .kv()
                .range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .build())
                .getKvs(0);
    }

    private void awaitWrites() {
        int before = written.get();
        await(() -> written.get() > before + 100);
    }

    private String leader() {
        await(() -> running.firstEntry()
                .getValue()
                .leader()
                .filter(running::containsKey)
                .isPresent());
        return running.firstEntry().getValue().leader().orElseThrow();
    }

    private void start(Member member) {
        var config = new StoreConfig(
                member.name(),
                directory.resolve(member.name()),
                "test",
                member.clients(),
                member.peer(),
                members,
                Optional.empty(),
                Optional.empty());
        running.put(member.name(), Store.start(config, problem -> {
            throw new AssertionError("member " + member.name() + " failed", problem);
        }));
    }

    private static void await(BooleanSupplier condition) {
        Awaiting.atMost(Duration.ofMinutes(1), condition);
    }
}
