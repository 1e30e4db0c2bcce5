package io.keelson.cli;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import io.keelson.cli.cluster.SampleFiles;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplyResponse;
import io.keelson.proto.v1.ChangesRequest;
import io.keelson.proto.v1.ChangesResponse;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecResponse;
import io.keelson.proto.v1.Exited;
import io.keelson.proto.v1.ExplainRequest;
import io.keelson.proto.v1.ExplainResponse;
import io.keelson.proto.v1.FieldChange;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.KindsRequest;
import io.keelson.proto.v1.KindsResponse;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.LogsChunk;
import io.keelson.proto.v1.LogsRequest;
import io.keelson.proto.v1.NodeUsageRequest;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectChange;
import io.keelson.proto.v1.ObjectResponse;
import io.keelson.proto.v1.PatchRequest;
import io.keelson.proto.v1.PodUsageRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.ServerStatusResponse;
import io.keelson.proto.v1.Started;
import io.keelson.proto.v1.StreamsGrpc;
import io.keelson.proto.v1.UsageGrpc;
import io.keelson.proto.v1.UsageResponse;
import io.keelson.proto.v1.WhyGrpc;
import java.io.IOException;

/** A server that answers each question with the same, for rehearsals. */
final class StandIn implements AutoCloseable {

    private static final String OBJECT = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"default","uid":"1","creationTimestamp":"2026-01-01T00:00:00Z",
            "labels":{"app":"a"},"generation":1},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"a"}},"containers":[{"name":"c","image":"i",
            "command":["sh","-c","one\\ntwo"]}]},"status":{"phase":"Running","observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":1,
            "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""";

    private static final String TABLE = """
            {"kind":"Table","columnDefinitions":[{"name":"Name","priority":0},{"name":"Status","priority":0},{"name":"IP","priority":1}],
            "rows":[{"cells":["a","Running","10.0.0.1"],"object":{"metadata":{"name":"a","namespace":"default"}}}]}""";

    private static final String METRICS = """
            {"metadata":{"name":"a","namespace":"default"},"usage":{"cpu":"1m","memory":"1Mi"},
            "containers":[{"name":"c","usage":{"cpu":"1m","memory":"1Mi"}}]}""";

    private final Server server;

    private StandIn(Server server) {
        this.server = server;
    }

    /** Listens where the kubeconfig says, with the library that is the client's, too: what is recorded is loaded by every command. */
    static StandIn start(SampleFiles files) throws IOException {
        return start(OkHttpServerBuilder.forPort(files.port(), credentials(files)));
    }

    /** The same, with the TLS 1.3 of real servers, which the other does not speak. */
    static StandIn startAsServersDo(SampleFiles files) throws IOException {
        return start(NettyServerBuilder.forPort(files.port(), credentials(files)));
    }

    private static ServerCredentials credentials(SampleFiles files) throws IOException {
        return TlsServerCredentials.newBuilder()
                .keyManager(files.certificate().toFile(), files.key().toFile())
                .trustManager(files.authority().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    /** Listens where a builder says. */
    static StandIn start(ServerBuilder<?> builder) throws IOException {
        return new StandIn(builder.addService(new Resources())
                .addService(new Streams())
                .addService(new Statuses())
                .addService(new Usages())
                .addService(new Reasons())
                .addService(new Past())
                .build()
                .start());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static Object object(String json) {
        return Object.newBuilder().setJson(ByteString.copyFromUtf8(json)).build();
    }

    private static <T> void answer(StreamObserver<T> to, T answer) {
        to.onNext(answer);
        to.onCompleted();
    }

    /** Answers every question with the same. */
    private static final class Resources extends ResourcesGrpc.ResourcesImplBase {
        @Override
        public void kinds(KindsRequest request, StreamObserver<KindsResponse> to) {
            var pod = KindInfo.newBuilder()
                    .setVersion("v1")
                    .setKind("Pod")
                    .setResource("pods")
                    .setSingular("pod")
                    .setNamespaced(true)
                    .addCategories("all");
            var deployment = KindInfo.newBuilder()
                    .setGroup("apps")
                    .setVersion("v1")
                    .setKind("Deployment")
                    .setResource("deployments")
                    .setSingular("deployment")
                    .setNamespaced(true);
            answer(
                    to,
                    KindsResponse.newBuilder()
                            .addKinds(pod)
                            .addKinds(deployment)
                            .build());
        }

        @Override
        public void get(GetRequest request, StreamObserver<ObjectResponse> to) {
            answer(
                    to,
                    ObjectResponse.newBuilder()
                            .setObject(object(request.getAsTable() ? TABLE : OBJECT))
                            .build());
        }

        @Override
        public void list(ListRequest request, StreamObserver<ListResponse> to) {
            if (request.getKind().getResource().equals("nothing")) {
                to.onError(Status.NOT_FOUND.asRuntimeException());
                return;
            }
            var response = ListResponse.newBuilder();
            if (request.getAsTable()) response.setTable(object(TABLE));
            else response.addItems(object(OBJECT));
            answer(to, response.build());
        }

        @Override
        public void apply(ApplyRequest request, StreamObserver<ApplyResponse> to) {
            answer(to, ApplyResponse.newBuilder().setObject(request.getObject()).build());
        }

        @Override
        public void patch(PatchRequest request, StreamObserver<ObjectResponse> to) {
            answer(to, ObjectResponse.newBuilder().setObject(object(OBJECT)).build());
        }
    }

    private static final class Streams extends StreamsGrpc.StreamsImplBase {
        @Override
        public void logs(LogsRequest request, StreamObserver<LogsChunk> to) {
            answer(
                    to,
                    LogsChunk.newBuilder()
                            .setData(ByteString.copyFromUtf8("a line\n"))
                            .build());
        }

        @Override
        public StreamObserver<ExecRequest> exec(StreamObserver<ExecResponse> to) {
            return new Run(to);
        }
    }

    private static final class Statuses extends AdminGrpc.AdminImplBase {
        @Override
        public void status(ServerStatusRequest request, StreamObserver<ServerStatusResponse> to) {
            answer(
                    to,
                    ServerStatusResponse.newBuilder()
                            .setName("s1")
                            .setVersion("v1")
                            .build());
        }
    }

    private static final class Usages extends UsageGrpc.UsageImplBase {
        @Override
        public void nodes(NodeUsageRequest request, StreamObserver<UsageResponse> to) {
            answer(to, UsageResponse.newBuilder().addMetrics(object(METRICS)).build());
        }

        @Override
        public void pods(PodUsageRequest request, StreamObserver<UsageResponse> to) {
            answer(to, UsageResponse.newBuilder().addMetrics(object(METRICS)).build());
        }
    }

    private static final class Reasons extends WhyGrpc.WhyImplBase {
        @Override
        public void explain(ExplainRequest request, StreamObserver<ExplainResponse> to) {
            answer(to, ExplainResponse.newBuilder().setReason("It is.").build());
        }
    }

    private static final class Past extends HistoryGrpc.HistoryImplBase {
        @Override
        public void changes(ChangesRequest request, StreamObserver<ChangesResponse> to) {
            var change = ObjectChange.newBuilder()
                    .setRevision(1)
                    .addChanges(FieldChange.newBuilder().setPath("spec.a").setAfter("1"));
            answer(to, ChangesResponse.newBuilder().addChanges(change).build());
        }
    }

    /**
     * One program. It answers the first message, as servers do, and not the call: a client's call that the server has ended is not ready any more, and
     * gRPC says that it has ended only when all answers are read, so that who is about to write first would wait for ever.
     */
    private static final class Run implements StreamObserver<ExecRequest> {
        private final StreamObserver<ExecResponse> to;
        private boolean answered;

        Run(StreamObserver<ExecResponse> to) {
            this.to = to;
        }

        @Override
        public void onNext(ExecRequest value) {
            if (answered) return;
            answered = true;
            to.onNext(ExecResponse.newBuilder()
                    .setStarted(Started.getDefaultInstance())
                    .build());
            to.onNext(ExecResponse.newBuilder()
                    .setStdout(ByteString.copyFromUtf8("a line\n"))
                    .build());
            answer(
                    to,
                    ExecResponse.newBuilder()
                            .setExited(Exited.getDefaultInstance())
                            .build());
        }

        @Override
        public void onError(Throwable gone) {
            // Nothing depends on it.
        }

        @Override
        public void onCompleted() {
            // Nothing depends on it.
        }
    }
}
