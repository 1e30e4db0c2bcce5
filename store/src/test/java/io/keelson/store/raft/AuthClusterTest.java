package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.keelson.proto.etcd.AuthDisableRequest;
import io.keelson.proto.etcd.AuthEnableRequest;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthRoleAddRequest;
import io.keelson.proto.etcd.AuthRoleGrantPermissionRequest;
import io.keelson.proto.etcd.AuthUserAddRequest;
import io.keelson.proto.etcd.AuthUserGrantRoleRequest;
import io.keelson.proto.etcd.AuthUserListRequest;
import io.keelson.proto.etcd.AuthUserRevokeRoleRequest;
import io.keelson.proto.etcd.AuthenticateRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.rpc.StoreServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users, tokens and permissions are the same on every member, at once and for ever. */
class AuthClusterTest {

    private static final LogLimits SMALL = new LogLimits(100, 10, 1L << 20);

    @TempDir
    Path directory;

    /** A member's door, and a channel to it. */
    private record Door(StoreServer server, ManagedChannel channel) {}

    private final Map<String, Door> doors = new TreeMap<>();

    @AfterEach
    void close() {
        doors.values().forEach(door -> {
            door.channel.shutdownNow();
            door.server.close();
        });
    }

    private void open(Members members) throws IOException {
        for (String name : members.names()) {
            open(members, name);
        }
    }

    private void open(Members members, String name) throws IOException {
        HostPort address = Loopback.freeAddress();
        var peer = new HostPort("127.0.0.1", 2380);
        var config = new StoreConfig(
                name,
                directory,
                "test",
                List.of(address),
                peer,
                List.of(new Member(name, peer, List.of(address))),
                Optional.empty(),
                Optional.empty());
        ManagedChannel channel = NettyChannelBuilder.forAddress(address.host(), address.port())
                .usePlaintext()
                .build();
        doors.put(name, new Door(StoreServer.start(members.get(name), config), channel));
    }

    private void shut(String name) {
        Door door = Objects.requireNonNull(doors.remove(name));
        door.channel.shutdownNow();
        door.server.close();
    }

    private Channel channel(String member, String token) {
        var metadata = new Metadata();
        metadata.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
        return ClientInterceptors.intercept(
                Objects.requireNonNull(doors.get(member)).channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private AuthGrpc.AuthBlockingStub auth(String member) {
        return AuthGrpc.newBlockingStub(Objects.requireNonNull(doors.get(member)).channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private AuthGrpc.AuthBlockingStub auth(String member, String token) {
        return AuthGrpc.newBlockingStub(channel(member, token)).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private KVGrpc.KVBlockingStub kv(String member, String token) {
        return KVGrpc.newBlockingStub(channel(member, token)).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private String token(String member, String user) {
        return auth(member)
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(user)
                        .setPassword("pw")
                        .build())
                .getToken();
    }

    private static PutRequest put(String key) {
        return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }

    private static RangeRequest get(String key) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }

    /** root, ann with the role some, which may do everything with the key a; authentication on. */
    private void enable(String member) {
        for (String name : List.of("root", "ann")) {
            assertThat(auth(member)
                            .userAdd(AuthUserAddRequest.newBuilder()
                                    .setName(name)
                                    .setPassword("pw")
                                    .build())
                            .hasHeader())
                    .isTrue();
        }
        assertThat(auth(member)
                        .userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                                .setUser("root")
                                .setRole("root")
                                .build())
                        .hasHeader())
                .isTrue();
        assertThat(auth(member)
                        .roleAdd(AuthRoleAddRequest.newBuilder().setName("some").build())
                        .hasHeader())
                .isTrue();
        assertThat(auth(member)
                        .roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                                .setName("some")
                                .setPerm(Permission.newBuilder()
                                        .setPermType(Permission.Type.READWRITE)
                                        .setKey(ByteString.copyFromUtf8("a")))
                                .build())
                        .hasHeader())
                .isTrue();
        assertThat(auth(member)
                        .authEnable(AuthEnableRequest.getDefaultInstance())
                        .hasHeader())
                .isTrue();
    }

    private static AuthUserGrantRoleRequest grant() {
        return AuthUserGrantRoleRequest.newBuilder()
                .setUser("ann")
                .setRole("some")
                .build();
    }

    private static AuthUserRevokeRoleRequest revoke() {
        return AuthUserRevokeRoleRequest.newBuilder()
                .setName("ann")
                .setRole("some")
                .build();
    }

    private static void assertRefused(Runnable call, String... words) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getDescription()).isIn((Object[]) words));
    }

    /**
     * Goal: what one member answered holds on every other at once: tokens, grants, revokes, switching on and off. Method: each is done on one
     * member and used or tried on another in the next moment, while others write, so that members are behind each other.
     */
    @Test
    void whatOneMemberAnsweredHoldsOnEveryOther() throws Exception {
        long seed = 77;
        var random = new Random(seed);
        try (Members members = Members.start(directory, LogLimits.USUAL, Optional.empty())) {
            open(members);
            List<String> names = List.copyOf(doors.keySet());
            var over = new AtomicBoolean();
            var written = new AtomicLong();
            Thread writer = Thread.ofVirtual().start(() -> {
                while (!over.get()) {
                    for (String name : names) {
                        var _ = members.get(name)
                                .propose(new Command.As(
                                        Caller.SYSTEM, Members.put("load", ByteString.copyFrom(new byte[2_000]))))
                                .thenRun(written::incrementAndGet)
                                .exceptionally(_ -> null)
                                .join();
                    }
                }
            });
            try {
                for (int round = 0; round < 4; round++) {
                    String at = names.get(random.nextInt(3));
                    if (round == 0) {
                        enable(at);
                    } else {
                        assertThat(auth(at).authEnable(AuthEnableRequest.getDefaultInstance())
                                        .hasHeader())
                                .isTrue();
                    }
                    for (String name : names) {
                        assertRefused(
                                () -> KVGrpc.newBlockingStub(Objects.requireNonNull(doors.get(name)).channel)
                                        .put(put("a")),
                                "etcdserver: user name is empty");
                    }
                    String root = token(names.get(random.nextInt(3)), "root");
                    String ann = token(names.get(random.nextInt(3)), "ann");
                    for (int turn = 0; turn < 6; turn++) {
                        assertThat(auth(names.get(random.nextInt(3)), root)
                                        .userGrantRole(grant())
                                        .hasHeader())
                                .isTrue();
                        for (String name : names) {
                            assertThat(kv(name, ann).put(put("a")).hasHeader())
                                    .as("seed %d, round %d, turn %d: %s", seed, round, turn, name)
                                    .isTrue();
                            assertThat(kv(name, ann).range(get("a")).getCount()).isEqualTo(1);
                        }
                        assertThat(auth(names.get(random.nextInt(3)), root)
                                        .userRevokeRole(revoke())
                                        .hasHeader())
                                .isTrue();
                        for (String name : names) {
                            assertRefused(() -> kv(name, ann).put(put("a")), "etcdserver: permission denied");
                            assertRefused(() -> kv(name, ann).range(get("a")), "etcdserver: permission denied");
                        }
                    }
                    assertThat(auth(names.get(random.nextInt(3)), root)
                                    .authDisable(AuthDisableRequest.getDefaultInstance())
                                    .hasHeader())
                            .isTrue();
                    for (String name : names) {
                        assertThat(KVGrpc.newBlockingStub(Objects.requireNonNull(doors.get(name)).channel)
                                        .put(put("b"))
                                        .hasHeader())
                                .isTrue();
                    }
                }
            } finally {
                over.set(true);
                writer.join();
            }
            assertThat(written.get()).isPositive();
        }
    }

    @Test
    void usersOutliveRestartsAndTravelInSnapshots() throws Exception {
        try (Members members = Members.start(directory, SMALL, Optional.empty())) {
            String leader = members.awaitLeader();
            String wiped = members.names().stream()
                    .filter(name -> !name.equals(leader))
                    .findFirst()
                    .orElseThrow();
            open(members, leader);
            members.stop(wiped);
            Members.delete(members.directory(wiped));
            enable(leader);
            String root = token(leader, "root");
            for (int i = 0; i < 300; i++) {
                assertThat(kv(leader, root).put(put("key-" + i % 10)).hasHeader())
                        .isTrue();
            }
            members.start(wiped);
            members.awaitEven();
            open(members, wiped);
            assertThat(members.get(wiped).auth())
                    .isEqualTo(members.get(leader).auth())
                    .satisfies(auth -> assertThat(auth.enabled()).isTrue());
            // The token came before the snapshot; who was not there then does not know it, and the client asks for
            // another.
            String again = token(wiped, "root");
            assertThat(auth(wiped, again)
                            .userList(AuthUserListRequest.getDefaultInstance())
                            .getUsersList())
                    .containsExactly("ann", "root");
            shut(wiped);
            members.stop(wiped);
            members.start(wiped);
            members.awaitEven();
            open(members, wiped);
            assertRefused(
                    () -> KVGrpc.newBlockingStub(Objects.requireNonNull(doors.get(wiped)).channel)
                            .put(put("a")),
                    "etcdserver: user name is empty");
            assertThat(kv(wiped, token(leader, "root")).put(put("a")).hasHeader())
                    .isTrue();
        }
    }
}
