package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AuthEnableRequest;
import io.keelson.proto.etcd.AuthGrpc;
import io.keelson.proto.etcd.AuthRoleAddRequest;
import io.keelson.proto.etcd.AuthRoleGrantPermissionRequest;
import io.keelson.proto.etcd.AuthStatusRequest;
import io.keelson.proto.etcd.AuthUserAddRequest;
import io.keelson.proto.etcd.AuthUserDeleteRequest;
import io.keelson.proto.etcd.AuthUserGrantRoleRequest;
import io.keelson.proto.etcd.AuthenticateRequest;
import io.keelson.proto.etcd.CampaignRequest;
import io.keelson.proto.etcd.ClusterGrpc;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.ElectionGrpc;
import io.keelson.proto.etcd.HashKVRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaderRequest;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseKeepAliveRequest;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.LeaseLeasesRequest;
import io.keelson.proto.etcd.LeaseTimeToLiveRequest;
import io.keelson.proto.etcd.LockGrpc;
import io.keelson.proto.etcd.LockRequest;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.MemberListRequest;
import io.keelson.proto.etcd.Permission;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.UserAddOptions;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import io.keelson.store.HostPort;
import io.keelson.store.Loopback;
import io.keelson.store.StoreOptions;
import io.keelson.store.TestCertificates;
import io.keelson.store.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is who, and what each call asks of it, through the wire. */
class AuthServiceTest {

    private static final ByteString ALL = ByteString.copyFrom(new byte[] {0});

    @TempDir
    Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    private Channel plain() {
        var server = new ServerFixture();
        open.add(server);
        return server.channel;
    }

    private HostPort serve(String token, Optional<Tls> tls) {
        HostPort address = Loopback.freeAddress();
        var replica = new MemoryReplica(address, new StoreOptions.Auth(token, 4, Duration.ofMinutes(5)));
        open.add(replica);
        open.add(StoreServer.start(replica, ServerFixture.config(address, tls)));
        return address;
    }

    private Channel dial(HostPort address) {
        ManagedChannel channel = NettyChannelBuilder.forAddress(address.host(), address.port())
                .usePlaintext()
                .build();
        open.add(channel::shutdownNow);
        return channel;
    }

    private static Channel with(Channel channel, String... metadata) {
        var headers = new Metadata();
        for (int i = 0; i < metadata.length; i += 2) {
            headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static String token(Channel channel, String user) {
        return AuthGrpc.newBlockingStub(channel)
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(user)
                        .setPassword("pw")
                        .build())
                .getToken();
    }

    private static void addUser(Channel channel, String name) {
        var added = AuthGrpc.newBlockingStub(channel)
                .userAdd(AuthUserAddRequest.newBuilder()
                        .setName(name)
                        .setPassword("pw")
                        .build());
        assertThat(added.hasHeader()).isTrue();
    }

    private static void addRobot(Channel channel, String name) {
        var added = AuthGrpc.newBlockingStub(channel)
                .userAdd(AuthUserAddRequest.newBuilder()
                        .setName(name)
                        .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                        .build());
        assertThat(added.hasHeader()).isTrue();
    }

    private static void grant(Channel channel, String user, String role) {
        var granted = AuthGrpc.newBlockingStub(channel)
                .userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                        .setUser(user)
                        .setRole(role)
                        .build());
        assertThat(granted.hasHeader()).isTrue();
    }

    private static void permit(Channel channel, String role, String key) {
        var permitted = AuthGrpc.newBlockingStub(channel)
                .roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                        .setName(role)
                        .setPerm(Permission.newBuilder()
                                .setPermType(Permission.Type.READWRITE)
                                .setKey(bytes(key)))
                        .build());
        assertThat(permitted.hasHeader()).isTrue();
    }

    private static void delete(Channel channel, String user) {
        var deleted = AuthGrpc.newBlockingStub(channel)
                .userDelete(AuthUserDeleteRequest.newBuilder().setName(user).build());
        assertThat(deleted.hasHeader()).isTrue();
    }

    /** root; ann, a robot too, whose role is for the keys a and b; authentication on. */
    private static void enable(Channel channel) {
        addUser(channel, "root");
        grant(channel, "root", "root");
        addUser(channel, "ann");
        addRobot(channel, "robot");
        var role = AuthGrpc.newBlockingStub(channel)
                .roleAdd(AuthRoleAddRequest.newBuilder().setName("some").build());
        assertThat(role.hasHeader()).isTrue();
        permit(channel, "some", "a");
        permit(channel, "some", "b");
        grant(channel, "ann", "some");
        grant(channel, "robot", "some");
        var enabled = AuthGrpc.newBlockingStub(channel).authEnable(AuthEnableRequest.getDefaultInstance());
        assertThat(enabled.hasHeader()).isTrue();
    }

    private static long put(Channel channel, String key) {
        return KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder().setKey(bytes(key)).build())
                .getHeader()
                .getRevision();
    }

    private static void assertDenied(Runnable call) {
        assertRefused(call, Status.Code.PERMISSION_DENIED, "etcdserver: permission denied");
    }

    private static void assertNobody(Runnable call) {
        assertRefused(call, Status.Code.INVALID_ARGUMENT, "etcdserver: user name is empty");
    }

    @Test
    void simpleTokensLookLikeThoseOfEtcdAndMayComeAsBearer() {
        Channel channel = plain();
        enable(channel);
        String token = token(channel, "ann");
        assertThat(token).matches("[a-zA-Z]{16}\\.\\d+");
        assertThat(put(with(channel, "token", token), "a")).isEqualTo(2);
        assertThat(put(with(channel, "authorization", token), "a")).isEqualTo(3);
        assertThat(put(with(channel, "authorization", "Bearer " + token), "a")).isEqualTo(4);
        assertRefused(
                () -> put(with(channel, "token", "garbage"), "a"),
                Status.Code.UNAUTHENTICATED,
                "etcdserver: invalid auth token");
        assertRefused(
                () -> put(with(channel, "token", token + "1"), "a"),
                Status.Code.UNAUTHENTICATED,
                "etcdserver: invalid auth token");
        delete(with(channel, "token", token(channel, "root")), "ann");
        assertRefused(
                () -> put(with(channel, "token", token), "a"),
                Status.Code.UNAUTHENTICATED,
                "etcdserver: invalid auth token");
    }

    @Test
    void signedTokensVouchForTheUsersOfTheirTime() throws Exception {
        Path secret = directory.resolve("secret");
        Files.writeString(secret, "a secret of more than thirty-two bytes");
        Channel channel = dial(serve("jwt,sign-method=HS256,priv-key=" + secret, Optional.empty()));
        enable(channel);
        String token = token(channel, "ann");
        assertThat(token.split("\\.", -1)).hasSize(3);
        assertThat(put(with(channel, "token", token), "a")).isEqualTo(2);
        String root = token(channel, "root");
        addUser(with(channel, "token", root), "bob");
        assertRefused(
                () -> put(with(channel, "token", token), "a"),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: revision of auth store is old");
        assertRefused(
                () -> KVGrpc.newBlockingStub(with(channel, "token", token))
                        .range(RangeRequest.newBuilder().setKey(bytes("a")).build()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: revision of auth store is old");
        // What only root may do, its old token still may, as in etcd: looking at the user is enough.
        addUser(with(channel, "token", root), "cat");
        assertThat(put(with(channel, "token", token(channel, "ann")), "a")).isEqualTo(3);
    }

    @Test
    void aCertificateNamesItsUserUnlessATokenOrTheGatewayDoes() throws Exception {
        TestCertificates certificates = TestCertificates.in(directory);
        HostPort address = serve("simple", Optional.of(certificates.issue("server")));
        Channel nobody = dialTls(address, certificates, "stranger");
        enable(nobody);
        Channel robot = dialTls(address, certificates, "robot");
        assertThat(put(robot, "a")).isEqualTo(2);
        assertDenied(() -> put(robot, "z"));
        assertDenied(() -> put(nobody, "a"));
        assertNobody(() -> put(with(robot, "grpcgateway-accept", "*/*"), "a"));
        String root = token(nobody, "root");
        assertThat(put(with(robot, "token", root), "z")).isEqualTo(3);
        assertRefused(
                () -> token(nobody, "robot"),
                Status.Code.UNKNOWN,
                "auth: authentication failed, password was given for no password user");
    }

    @Test
    void aCertificateThatOnlyOpensTheDoorIsNobodys() throws Exception {
        TestCertificates certificates = TestCertificates.in(directory);
        Tls own = certificates.issue("server");
        var shown = new Tls(own.certificate(), own.key(), own.trustedCa(), Tls.Others.SHOW_A_CERTIFICATE);
        Channel robot = dialTls(serve("simple", Optional.of(shown)), certificates, "robot");
        enable(robot);
        assertNobody(() -> put(robot, "a"));
        assertThat(put(with(robot, "token", token(robot, "ann")), "a")).isEqualTo(2);
    }

    private Channel dialTls(HostPort address, TestCertificates certificates, String name) throws Exception {
        Tls own = certificates.issue(name);
        ManagedChannel channel = NettyChannelBuilder.forAddress(address.host(), address.port())
                .sslContext(GrpcSslContexts.forClient()
                        .keyManager(own.certificate().toFile(), own.key().toFile())
                        .trustManager(directory.resolve("ca.pem").toFile())
                        .build())
                .build();
        open.add(channel::shutdownNow);
        return channel;
    }

    @Test
    void readsOfEveryKindAskForTheirRange() {
        Channel channel = plain();
        enable(channel);
        Channel ann = with(channel, "token", token(channel, "ann"));
        var kv = KVGrpc.newBlockingStub(ann);
        var one = RangeRequest.newBuilder().setKey(bytes("a"));
        assertThat(kv.range(one.build()).getCount()).isZero();
        assertThat(kv.range(one.clone().setSerializable(true).build()).getCount())
                .isZero();
        assertDenied(() -> kv.range(one.clone().setRangeEnd(ALL).build()));
        assertDenied(() ->
                kv.range(one.clone().setRangeEnd(ALL).setSerializable(true).build()));
        assertDenied(() ->
                kv.range(one.clone().setRangeEnd(bytes("c")).setCountOnly(true).build()));
        var reads = RequestOp.newBuilder().setRequestRange(one.clone().setKey(bytes("z")));
        assertDenied(() -> kv.txn(TxnRequest.newBuilder().addSuccess(reads).build()));
        assertDenied(() -> kv.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestTxn(TxnRequest.newBuilder().addFailure(reads)))
                .build()));
        assertNobody(() -> KVGrpc.newBlockingStub(channel)
                .range(one.clone().setSerializable(true).build()));
        assertDenied(
                () -> kv.compact(CompactionRequest.newBuilder().setRevision(1).build()));
        assertNobody(() -> KVGrpc.newBlockingStub(channel)
                .compact(CompactionRequest.newBuilder().setRevision(1).build()));
    }

    @Test
    void rangesInPiecesLocksAndElectionsAskForTheirKeys() {
        Channel channel = plain();
        enable(channel);
        Channel ann = with(channel, "token", token(channel, "ann"));
        Channel root = with(channel, "token", token(channel, "root"));
        var all = RangeRequest.newBuilder().setKey(bytes("a")).setRangeEnd(ALL).build();
        assertThat(KVGrpc.newBlockingStub(root).rangeStream(all).hasNext()).isTrue();
        assertDenied(() -> KVGrpc.newBlockingStub(ann).rangeStream(all).next());
        assertNobody(() -> KVGrpc.newBlockingStub(channel).rangeStream(all).next());
        var lock = LockRequest.newBuilder().setName(bytes("z")).build();
        assertThat(LockGrpc.newBlockingStub(root).lock(lock).getKey().toStringUtf8())
                .startsWith("z/");
        assertDenied(() -> LockGrpc.newBlockingStub(ann).lock(lock));
        assertNobody(() -> LockGrpc.newBlockingStub(channel).lock(lock));
        var leader = LeaderRequest.newBuilder().setName(bytes("z")).build();
        assertDenied(() -> ElectionGrpc.newBlockingStub(ann).leader(leader));
        assertDenied(() -> ElectionGrpc.newBlockingStub(ann).observe(leader).next());
        assertDenied(() -> ElectionGrpc.newBlockingStub(ann)
                .campaign(CampaignRequest.newBuilder().setName(bytes("z")).build()));
    }

    /** The first answer of a watch, and what comes after it. */
    private static BlockingQueue<WatchResponse> watch(Channel channel, String key, ByteString end) {
        var answers = new LinkedBlockingQueue<WatchResponse>();
        StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onCompleted() {}
        });
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setKey(bytes(key)).setRangeEnd(end))
                .build());
        return answers;
    }

    private static void assertWatchRefused(Channel channel, String key, ByteString end, String reason)
            throws InterruptedException {
        WatchResponse answer = watch(channel, key, end).poll(20, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        assertThat(answer.getCreated()).isTrue();
        assertThat(answer.getCanceled()).isTrue();
        assertThat(answer.getWatchId()).isEqualTo(-1);
        assertThat(answer.getCancelReason()).isEqualTo(reason);
    }

    @Test
    void aWatchIsJudgedWhenItIsMade() throws Exception {
        Channel channel = plain();
        enable(channel);
        Channel ann = with(channel, "token", token(channel, "ann"));
        String denied = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
        assertWatchRefused(ann, "z", ByteString.EMPTY, denied);
        assertWatchRefused(ann, "a", ALL, denied);
        assertWatchRefused(ann, "", ALL, denied);
        assertWatchRefused(ann, "a", bytes("b"), denied);
        assertWatchRefused(
                channel,
                "a",
                ByteString.EMPTY,
                "rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
        assertWatchRefused(
                with(channel, "token", "garbage"),
                "a",
                ByteString.EMPTY,
                "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
        var answers = watch(ann, "a", ByteString.EMPTY);
        assertThat(answers.poll(20, TimeUnit.SECONDS))
                .satisfies(answer -> assertThat(answer.getCanceled()).isFalse());
        put(ann, "a");
        assertThat(answers.poll(20, TimeUnit.SECONDS))
                .satisfies(answer -> assertThat(answer.getEventsCount()).isEqualTo(1));
    }

    @Test
    void leasesAreForUsersAndTheirKeysForThoseWhoMay() throws Exception {
        Channel channel = plain();
        enable(channel);
        Channel ann = with(channel, "token", token(channel, "ann"));
        Channel root = with(channel, "token", token(channel, "root"));
        var grant = LeaseGrantRequest.newBuilder().setID(7).setTTL(100).build();
        assertNobody(() -> LeaseGrpc.newBlockingStub(channel).leaseGrant(grant));
        assertThat(LeaseGrpc.newBlockingStub(ann).leaseGrant(grant).getID()).isEqualTo(7);
        assertThat(keepAlive(ann)).isEqualTo(Status.OK);
        assertThat(keepAlive(channel).getDescription()).isEqualTo("etcdserver: user name is empty");
        var leased = PutRequest.newBuilder().setKey(bytes("z")).setLease(7).build();
        assertThat(KVGrpc.newBlockingStub(root).put(leased).hasHeader()).isTrue();
        assertThat(keepAlive(ann).getDescription()).isEqualTo("etcdserver: permission denied");
        assertThat(keepAlive(root)).isEqualTo(Status.OK);
        var ask = LeaseTimeToLiveRequest.newBuilder().setID(7);
        assertThat(LeaseGrpc.newBlockingStub(ann).leaseTimeToLive(ask.build()).getGrantedTTL())
                .isEqualTo(100);
        assertDenied(() -> LeaseGrpc.newBlockingStub(ann)
                .leaseTimeToLive(ask.clone().setKeys(true).build()));
        assertNobody(() -> LeaseGrpc.newBlockingStub(channel).leaseTimeToLive(ask.build()));
        assertNobody(() -> LeaseGrpc.newBlockingStub(channel).leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
        assertThat(LeaseGrpc.newBlockingStub(ann)
                        .leaseLeases(LeaseLeasesRequest.getDefaultInstance())
                        .getLeasesCount())
                .isEqualTo(1);
    }

    private static Status keepAlive(Channel channel) throws InterruptedException {
        var outcome = new LinkedBlockingQueue<Status>();
        StreamObserver<LeaseKeepAliveRequest> requests = LeaseGrpc.newStub(channel)
                .leaseKeepAlive(new StreamObserver<LeaseKeepAliveResponse>() {
                    @Override
                    public void onNext(LeaseKeepAliveResponse answer) {}

                    @Override
                    public void onError(Throwable error) {
                        outcome.add(Status.fromThrowable(error));
                    }

                    @Override
                    public void onCompleted() {
                        outcome.add(Status.OK);
                    }
                });
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(7).build());
        requests.onCompleted();
        Status status = outcome.poll(20, TimeUnit.SECONDS);
        assertThat(status).isNotNull();
        return status;
    }

    @Test
    void membersAndTheirUpkeepAreRootsBusinessAndToBeSeenByUsers() {
        Channel channel = plain();
        enable(channel);
        Channel ann = with(channel, "token", token(channel, "ann"));
        Channel root = with(channel, "token", token(channel, "root"));
        var list = MemberListRequest.getDefaultInstance();
        assertNobody(() -> ClusterGrpc.newBlockingStub(channel).memberList(list));
        assertThat(ClusterGrpc.newBlockingStub(ann).memberList(list).getMembersCount())
                .isEqualTo(1);
        var status = StatusRequest.getDefaultInstance();
        assertNobody(() -> MaintenanceGrpc.newBlockingStub(channel).status(status));
        assertThat(MaintenanceGrpc.newBlockingStub(ann).status(status).getVersion())
                .isNotEmpty();
        var hash = HashKVRequest.getDefaultInstance();
        assertNobody(() -> MaintenanceGrpc.newBlockingStub(channel).hashKV(hash));
        assertDenied(() -> MaintenanceGrpc.newBlockingStub(ann).hashKV(hash));
        assertThat(MaintenanceGrpc.newBlockingStub(root).hashKV(hash).hasHeader())
                .isTrue();
        var look = AlarmRequest.getDefaultInstance();
        var lift = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                .build();
        assertThat(MaintenanceGrpc.newBlockingStub(ann).alarm(look).getAlarmsCount())
                .isZero();
        assertDenied(() -> MaintenanceGrpc.newBlockingStub(ann).alarm(lift));
        assertNobody(() -> MaintenanceGrpc.newBlockingStub(channel).alarm(lift));
        assertThat(MaintenanceGrpc.newBlockingStub(root).alarm(lift).getAlarmsCount())
                .isZero();
        assertRefused(
                () -> MaintenanceGrpc.newBlockingStub(with(channel, "token", "garbage"))
                        .hashKV(hash),
                Status.Code.UNAUTHENTICATED,
                "etcdserver: invalid auth token");
        assertThat(AuthGrpc.newBlockingStub(channel)
                        .authStatus(AuthStatusRequest.getDefaultInstance())
                        .getAuthRevision())
                .isEqualTo(10);
    }
}
