package io.keelson.store.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.AuthDisableRequest;
import io.keelson.proto.etcd.AuthEnableRequest;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthRoleAddRequest;
import io.keelson.proto.etcd.AuthRoleDeleteRequest;
import io.keelson.proto.etcd.AuthRoleGetRequest;
import io.keelson.proto.etcd.AuthRoleGrantPermissionRequest;
import io.keelson.proto.etcd.AuthRoleListRequest;
import io.keelson.proto.etcd.AuthRoleRevokePermissionRequest;
import io.keelson.proto.etcd.AuthUserAddRequest;
import io.keelson.proto.etcd.AuthUserChangePasswordRequest;
import io.keelson.proto.etcd.AuthUserDeleteRequest;
import io.keelson.proto.etcd.AuthUserGetRequest;
import io.keelson.proto.etcd.AuthUserGrantRoleRequest;
import io.keelson.proto.etcd.AuthUserListRequest;
import io.keelson.proto.etcd.AuthUserRevokeRoleRequest;
import io.keelson.proto.etcd.AuthenticateRequest;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.UserAddOptions;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.mvcc.RealEtcd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: whoever asks for whatever hears from us what it would hear from etcd. Method: the same random calls, made through the wire by root,
 * by users, by nobody and with tokens that have become void, to our server and to Debian's etcd 3.4; answers, codes and words are equal.
 *
 * <p>Not asked, because we follow newer etcd, or are stricter on purpose:
 *
 * <ul>
 *   <li>permissions for a range that ends before it begins, and none at all: refused since 3.5
 *   <li>what the role root permits: everything, says etcd since 3.5, and shows no more what was granted to it by name
 *   <li>two permissions that begin with the same key: granted again, etcd replaces the first of them only, and the other may then stand twice
 *   <li>with a token while authentication is off: 3.4 still looks at it
 *   <li>transactions within transactions: 3.4 does not look into them
 *   <li>lease grant, member list, compaction by nobody, time to live, and renewal of a lease with foreign keys: refused since 3.6.9
 *   <li>in a transaction, a put with {@code prev_kv} without the permission to read, and one to a lease with foreign keys: etcd overlooks
 *       them
 * </ul>
 */
class EtcdAuthDifferentialTest {

    private static final List<String> USERS = List.of("root", "ann", "bob");
    private static final List<String> ROLES = List.of("root", "some", "more");
    private static final List<String> KEYS = List.of("a", "b", "ba", "c", "d");
    /** Where a permission that begins with a key ends; one of a single key where there is no end. */
    private static final Map<String, String> GRANTED_ENDS = Map.of("b", "d", "ba", "\0", "c", "c\0", "d", "z");

    private static final List<String> PASSWORDS = List.of("one", "two");

    /** One of the two systems, and the tokens that it gave. */
    private static final class Judged {
        final Channel channel;
        final Map<String, String> tokens = new HashMap<>();

        Judged(Channel channel) {
            this.channel = channel;
        }

        /** The channel of who asks: "" for nobody. */
        Channel as(String user) {
            String token = tokens.get(user);
            if (user.isEmpty() || token == null) {
                return channel;
            }
            var metadata = new Metadata();
            metadata.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
            return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
        }
    }

    /**
     * A call, and what is equal of its answer.
     *
     * @param who asks, "" for nobody
     */
    private record Call(String who, boolean ofLeases, String words, Function<Judged, Object> make) {}

    private static <T> T any(Random random, List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    /** No end, an end above the key, or everything from the key on. */
    private static String end(Random random, String key) {
        return switch (random.nextInt(4)) {
            case 0, 1 -> "";
            case 2 -> key + any(random, List.of("\0", "b", "z"));
            default -> any(random, List.of("\0", "e", "z"));
        };
    }

    private static Call call(Random random) {
        String who = random.nextInt(12) == 0 ? "" : any(random, List.of("root", "root", "ann", "bob"));
        int kind = random.nextInt(100);
        if (kind < 20) {
            String name = any(random, USERS);
            // Mostly the password that everybody had at first.
            String password = random.nextInt(4) == 0 ? any(random, PASSWORDS) : "one";
            return new Call("", false, name + " authenticates with " + password, system -> {
                system.tokens.put(
                        name,
                        AuthGrpc.newBlockingStub(system.channel)
                                .authenticate(AuthenticateRequest.newBuilder()
                                        .setName(name)
                                        .setPassword(password)
                                        .build())
                                .getToken());
                return "a token";
            });
        }
        if (kind < 52) {
            Message request = authRequest(random);
            return new Call(
                    who,
                    false,
                    who + " asks for " + request.getClass().getSimpleName() + " " + request,
                    system -> auth(AuthGrpc.newBlockingStub(system.as(who)), request));
        }
        Message request = kvRequest(random);
        boolean ofLeases = request.getClass().getSimpleName().startsWith("Lease");
        return new Call(
                who,
                ofLeases,
                who + " asks for " + request.getClass().getSimpleName() + " " + request,
                system -> kv(system.as(who), request));
    }

    private static Message authRequest(Random random) {
        String user = any(random, USERS);
        String role = any(random, ROLES);
        String key = any(random, KEYS);
        return switch (random.nextInt(26)) {
            case 0, 1 -> AuthEnableRequest.getDefaultInstance();
            case 2 ->
                random.nextInt(6) == 0
                        ? AuthDisableRequest.getDefaultInstance()
                        : AuthEnableRequest.getDefaultInstance();
            case 3, 4 ->
                AuthUserAddRequest.newBuilder()
                        .setName(random.nextInt(8) == 0 ? "" : user)
                        .setPassword("one")
                        .setOptions(UserAddOptions.newBuilder().setNoPassword(random.nextInt(10) == 0))
                        .build();
            case 5 ->
                random.nextInt(2) == 0
                        ? AuthUserDeleteRequest.newBuilder().setName(user).build()
                        : AuthUserGetRequest.newBuilder().setName(user).build();
            case 6 -> AuthUserGetRequest.newBuilder().setName(user).build();
            case 7 -> AuthUserListRequest.getDefaultInstance();
            case 8 ->
                AuthUserChangePasswordRequest.newBuilder()
                        .setName(user)
                        .setPassword(random.nextInt(3) == 0 ? "two" : "one")
                        .build();
            case 9, 10, 11, 12 ->
                AuthUserGrantRoleRequest.newBuilder()
                        .setUser(user)
                        .setRole(role)
                        .build();
            case 13 ->
                AuthUserRevokeRoleRequest.newBuilder()
                        .setName(user)
                        .setRole(role)
                        .build();
            case 14, 15 ->
                AuthRoleAddRequest.newBuilder()
                        .setName(random.nextInt(8) == 0 ? "" : role)
                        .build();
            case 16 ->
                random.nextInt(3) == 0
                        ? AuthRoleDeleteRequest.newBuilder().setRole(role).build()
                        : AuthRoleListRequest.getDefaultInstance();
            case 17, 18 ->
                AuthRoleGetRequest.newBuilder()
                        .setRole(role.equals("root") ? "some" : role)
                        .build();
            case 19, 20 ->
                AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole(role)
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(random.nextBoolean() ? "q" : GRANTED_ENDS.getOrDefault(key, "")))
                        .build();
            default ->
                AuthRoleGrantPermissionRequest.newBuilder()
                        .setName(role)
                        .setPerm(Permission.newBuilder()
                                .setPermTypeValue(random.nextInt(3))
                                .setKey(bytes(key))
                                .setRangeEnd(bytes(GRANTED_ENDS.getOrDefault(key, ""))))
                        .build();
        };
    }

    private static Object auth(AuthGrpc.AuthBlockingStub stub, Message request) {
        return switch (request) {
            case AuthEnableRequest r -> bare(stub.authEnable(r));
            case AuthDisableRequest r -> bare(stub.authDisable(r));
            case AuthUserAddRequest r -> bare(stub.userAdd(r));
            case AuthUserDeleteRequest r -> bare(stub.userDelete(r));
            case AuthUserGetRequest r -> bare(stub.userGet(r));
            case AuthUserListRequest r -> bare(stub.userList(r));
            case AuthUserChangePasswordRequest r -> bare(stub.userChangePassword(r));
            case AuthUserGrantRoleRequest r -> bare(stub.userGrantRole(r));
            case AuthUserRevokeRoleRequest r -> bare(stub.userRevokeRole(r));
            case AuthRoleAddRequest r -> bare(stub.roleAdd(r));
            case AuthRoleDeleteRequest r -> bare(stub.roleDelete(r));
            case AuthRoleGetRequest r -> bare(stub.roleGet(r));
            case AuthRoleListRequest r -> bare(stub.roleList(r));
            case AuthRoleGrantPermissionRequest r -> bare(stub.roleGrantPermission(r));
            case AuthRoleRevokePermissionRequest r -> bare(stub.roleRevokePermission(r));
            default -> throw new AssertionError(request);
        };
    }

    private static Message kvRequest(Random random) {
        String key = any(random, KEYS);
        return switch (random.nextInt(13)) {
            case 0, 1, 2 ->
                RangeRequest.newBuilder()
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end(random, key)))
                        .setSerializable(random.nextBoolean())
                        .build();
            case 3, 4, 5 ->
                PutRequest.newBuilder()
                        .setKey(bytes(key))
                        .setPrevKv(random.nextInt(3) == 0)
                        .setLease(random.nextInt(4) == 0 ? 1 + random.nextInt(2) : 0)
                        .build();
            case 6, 7 ->
                DeleteRangeRequest.newBuilder()
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end(random, key)))
                        .setPrevKv(random.nextInt(3) == 0)
                        .build();
            case 8, 9 -> txn(random);
            case 10 ->
                LeaseGrantRequest.newBuilder()
                        .setID(1 + random.nextInt(2))
                        .setTTL(1000)
                        .build();
            case 11 ->
                LeaseRevokeRequest.newBuilder().setID(1 + random.nextInt(2)).build();
            default ->
                WatchCreateRequest.newBuilder()
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end(random, key)))
                        .build();
        };
    }

    private static TxnRequest txn(Random random) {
        var txn = TxnRequest.newBuilder();
        for (int i = random.nextInt(2); i > 0; i--) {
            String key = any(random, KEYS);
            txn.addCompare(Compare.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end(random, key))));
        }
        txn.addSuccess(op(random));
        if (random.nextBoolean()) {
            txn.addFailure(op(random));
        }
        return txn.build();
    }

    private static RequestOp op(Random random) {
        String key = any(random, KEYS);
        var op = RequestOp.newBuilder();
        switch (random.nextInt(3)) {
            case 0 ->
                op.setRequestRange(RangeRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end(random, key))));
            case 1 -> op.setRequestPut(PutRequest.newBuilder().setKey(bytes(key)));
            default ->
                op.setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(bytes(key))
                        .setRangeEnd(bytes(end(random, key)))
                        .setPrevKv(random.nextBoolean()));
        }
        return op.build();
    }

    private static Object kv(Channel channel, Message request) {
        var kv = KVGrpc.newBlockingStub(channel);
        var lease = LeaseGrpc.newBlockingStub(channel);
        return switch (request) {
            case RangeRequest r -> bare(kv.range(r));
            case PutRequest r -> bare(kv.put(r));
            case DeleteRangeRequest r -> bare(kv.deleteRange(r));
            case TxnRequest r -> kv.txn(r).getSucceeded();
            case LeaseGrantRequest r -> bare(lease.leaseGrant(r));
            case LeaseRevokeRequest r -> bare(lease.leaseRevoke(r));
            case WatchCreateRequest r -> watch(channel, r);
            default -> throw new AssertionError(request);
        };
    }

    /** The first answer of a watch: made, or why not. */
    private static Object watch(Channel channel, WatchCreateRequest request) {
        var first = new CompletableFuture<WatchResponse>();
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse answer) {
                first.complete(answer);
            }

            @Override
            public void onError(Throwable error) {
                first.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {}
        });
        requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
        WatchResponse answer = first.orTimeout(20, TimeUnit.SECONDS).join();
        requests.onCompleted();
        return bare(answer);
    }

    /** Without the header: the two are different clusters, and their revisions are compared where keys are. */
    private static Message bare(Message answer) {
        var header = answer.getDescriptorForType().findFieldByName("header");
        return answer.toBuilder().clearField(header).build();
    }

    private static Object outcome(Judged system, Call call) {
        try {
            return call.make.apply(system);
        } catch (StatusRuntimeException refused) {
            Status status = refused.getStatus();
            return status.getCode() + ": " + status.getDescription();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {201, 202, 203})
    void whoeverAsksHearsWhatEtcdSays(long seed, @TempDir Path directory) throws Exception {
        assumeThat(Files.isExecutable(RealEtcd.BINARY))
                .as("etcd-server is installed")
                .isTrue();
        var random = new Random(seed);
        var heard = new HashMap<String, Integer>();
        var past = new ArrayDeque<String>();
        try (RealEtcd etcd = RealEtcd.start(directory, "--bcrypt-cost=4");
                var server = new ServerFixture()) {
            var ours = new Judged(server.channel);
            var theirs = new Judged(etcd.channel());
            for (Message first : List.of(
                    AuthUserAddRequest.newBuilder()
                            .setName("root")
                            .setPassword("one")
                            .build(),
                    AuthUserAddRequest.newBuilder()
                            .setName("ann")
                            .setPassword("one")
                            .build(),
                    AuthUserGrantRoleRequest.newBuilder()
                            .setUser("root")
                            .setRole("root")
                            .build(),
                    AuthEnableRequest.getDefaultInstance())) {
                auth(AuthGrpc.newBlockingStub(ours.channel), first);
                auth(AuthGrpc.newBlockingStub(theirs.channel), first);
            }
            for (int step = 0; step < 1_500; step++) {
                Call call = call(random);
                // See above: an old etcd lets anybody have leases.
                if (call.ofLeases && !ours.tokens.containsKey(call.who)) {
                    continue;
                }
                Object said = outcome(ours, call);
                assertThat(said)
                        .as("seed %d, step %d: %s%nafter %s", seed, step, call.words, past)
                        .isEqualTo(outcome(theirs, call));
                if (call.words.contains("AuthDisableRequest") && !(said instanceof String)) {
                    ours.tokens.clear();
                    theirs.tokens.clear();
                }
                past.addLast(call.words + " -> " + said + "\n");
                if (past.size() > 12) {
                    past.removeFirst();
                }
                heard.merge(said instanceof String words ? words : "done", 1, Integer::sum);
            }
        }
        assertThat(heard.keySet())
                .as("seed %d heard of everything that matters", seed)
                .contains(
                        "done",
                        "PERMISSION_DENIED: etcdserver: permission denied",
                        "INVALID_ARGUMENT: etcdserver: user name is empty",
                        "UNAUTHENTICATED: etcdserver: invalid auth token");
    }
}
