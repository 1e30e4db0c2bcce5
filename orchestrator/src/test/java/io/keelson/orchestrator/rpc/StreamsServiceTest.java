package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.Done;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecStart;
import io.keelson.proto.v1.Hello;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.LogsChunk;
import io.keelson.proto.v1.LogsRequest;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.Started;
import io.keelson.proto.v1.StreamsGrpc;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Logs and commands through a node's tunnel, over gRPC. */
class StreamsServiceTest extends OverGrpc {

    /** A watch that has begun, on the connection of all other calls. */
    private BlockingQueue<WatchEvent> namespacesWatched() throws InterruptedException {
        BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        ResourcesGrpc.newStub(admin)
                .watch(
                        WatchRequest.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("ns"))
                                .build(),
                        into(events));
        assertThat(events.poll(30, TimeUnit.SECONDS)).isNotNull();
        return events;
    }

    @Test
    void logsTravelThroughTheNodesTunnel() throws InterruptedException {
        register();
        String uid = podOnNode("logged", "none");
        BlockingQueue<TunnelQuestion> questions = new LinkedBlockingQueue<>();
        StreamObserver<TunnelAnswer> up = tunnel(questions);
        LogsRequest request =
                LogsRequest.newBuilder().setPod("logged").setTailLines(5).build();
        TestServer.await("the tunnel", () -> failsOtherwiseThanUnavailable(request, questions));
        questions.clear();
        BlockingQueue<LogsChunk> chunks = new LinkedBlockingQueue<>();
        StreamsGrpc.newStub(admin).logs(request, into(chunks));
        TunnelQuestion question = questions.poll(30, TimeUnit.SECONDS);
        assertThat(question).isNotNull();
        assertThat(question.getLogs().getUid()).isEqualTo(uid);
        assertThat(question.getLogs().getContainer()).isEqualTo("c");
        assertThat(question.getLogs().getTailLines()).isEqualTo(5);
        up.onNext(TunnelAnswer.newBuilder()
                .setId(question.getId())
                .setData(ByteString.copyFromUtf8("hello\n"))
                .build());
        LogsChunk chunk = chunks.poll(30, TimeUnit.SECONDS);
        assertThat(chunk).isNotNull();
        assertThat(chunk.getData().toStringUtf8()).isEqualTo("hello\n");
        up.onNext(TunnelAnswer.newBuilder()
                .setId(question.getId())
                .setDone(Done.getDefaultInstance())
                .build());
        up.onCompleted();
    }

    @Test
    void theEndOfACancelledCallDoesNotHarmTheOthersOnItsConnection() throws InterruptedException {
        register();
        podOnNode("cancelled", "none");
        BlockingQueue<TunnelQuestion> questions = new LinkedBlockingQueue<>();
        StreamObserver<TunnelAnswer> up = tunnel(questions);
        LogsRequest request = LogsRequest.newBuilder().setPod("cancelled").build();
        // Its caller gives up after a second; the server goes on to wait for the node.
        TestServer.await("the tunnel", () -> failsOtherwiseThanUnavailable(request, questions));
        BlockingQueue<WatchEvent> events = namespacesWatched();
        up.onCompleted();
        events.clear();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            apply(configMap("alive", "1"));
        }
        apply("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"still-here\"}}");
        WatchEvent event = events.poll(30, TimeUnit.SECONDS);
        assertThat(event).as("the watch that was open all the time").isNotNull();
    }

    @Test
    void aCommandAndALogEndWhenTheRightToThemEnds() throws InterruptedException {
        register();
        podOnNode("watched", "none");
        BlockingQueue<TunnelQuestion> questions = new LinkedBlockingQueue<>();
        StreamObserver<TunnelAnswer> up = tunnel(questions);
        LogsRequest request =
                LogsRequest.newBuilder().setPod("watched").setFollow(true).build();
        TestServer.await("the tunnel", () -> failsOtherwiseThanUnavailable(request, questions));
        questions.clear();
        let("ann");
        ManagedChannel ann = server.channel(server.authority().client("ann", "CN=ann"));
        BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
        StreamsGrpc.newStub(ann).logs(request, endInto(ends));
        answerTo(questions, up, TunnelAnswer.newBuilder().setData(ByteString.copyFromUtf8("line")));
        StreamObserver<ExecRequest> program = StreamsGrpc.newStub(ann).exec(endInto(ends));
        program.onNext(ExecRequest.newBuilder()
                .setStart(ExecStart.newBuilder()
                        .setPod("watched")
                        .addCommand("sleep")
                        .setIo(io.keelson.proto.v1.ContainerIo.newBuilder().setStdout(true)))
                .build());
        answerTo(questions, up, TunnelAnswer.newBuilder().setStarted(Started.getDefaultInstance()));
        server.api()
                .delete(
                        new Ref(
                                server.api()
                                        .kinds()
                                        .named("clusterrolebindings")
                                        .orElseThrow(),
                                "",
                                "ann"),
                        DeleteOptions.by(User.CONTROL_PLANE));
        for (int i = 0; i < 2; i++) {
            Throwable end = ends.poll(30, TimeUnit.SECONDS);
            assertThat(end).isInstanceOf(StatusRuntimeException.class);
            assertThat(((StatusRuntimeException) end).getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        }
        // Room for more may be told before.
        for (int cancels = 0; cancels < 2; ) {
            TunnelQuestion told = questions.poll(30, TimeUnit.SECONDS);
            assertThat(told).as("the node is told, after %d cancels", cancels).isNotNull();
            cancels += told.hasCancel() ? 1 : 0;
        }
        ann.shutdownNow();
        up.onCompleted();
    }

    @Test
    void whatIsSaidAfterARefusalDoesNotHarmOtherCallsOnItsConnection() throws InterruptedException {
        BlockingQueue<WatchEvent> events = namespacesWatched();
        BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
        for (int call = 0; call < 20; call++) {
            StreamObserver<ExecRequest> program = StreamsGrpc.newStub(admin).exec(endInto(ends));
            for (int i = 0; i < 3; i++) {
                program.onNext(ExecRequest.newBuilder()
                        .setStdin(ByteString.copyFromUtf8("no start"))
                        .build());
            }
            program.onCompleted();
            Throwable end = ends.poll(30, TimeUnit.SECONDS);
            assertThat(end).hasMessage("INVALID_ARGUMENT: the first message must be start");
        }
        events.clear();
        apply("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"unharmed\"}}");
        assertThat(events.poll(30, TimeUnit.SECONDS))
                .as("the watch that was open all the time")
                .isNotNull();
    }

    @Test
    void aTunnelThatSaysHelloTwiceIsClosed() throws InterruptedException {
        register();
        podOnNode("twice", "none");
        BlockingQueue<TunnelQuestion> questions = new LinkedBlockingQueue<>();
        BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
        StreamObserver<TunnelAnswer> up = NodesGrpc.newStub(node).tunnel(endInto(ends));
        TunnelAnswer hello = TunnelAnswer.newBuilder()
                .setHello(Hello.newBuilder().setNode("n1"))
                .build();
        up.onNext(hello);
        up.onNext(hello);
        assertThat(ends.poll(30, TimeUnit.SECONDS)).hasMessage("INVALID_ARGUMENT: hello was said already");
        LogsRequest request = LogsRequest.newBuilder().setPod("twice").build();
        TestServer.await("the tunnel is gone", () -> !failsOtherwiseThanUnavailable(request, questions));
    }

    private StreamObserver<TunnelAnswer> tunnel(BlockingQueue<TunnelQuestion> questions) {
        StreamObserver<TunnelAnswer> up = NodesGrpc.newStub(node).tunnel(into(questions));
        up.onNext(TunnelAnswer.newBuilder()
                .setHello(Hello.newBuilder().setNode("n1"))
                .build());
        return up;
    }

    private static void answerTo(
            BlockingQueue<TunnelQuestion> questions, StreamObserver<TunnelAnswer> up, TunnelAnswer.Builder answer)
            throws InterruptedException {
        TunnelQuestion question = questions.poll(30, TimeUnit.SECONDS);
        assertThat(question).isNotNull();
        up.onNext(answer.setId(question.getId()).build());
        if (answer.hasData()) {
            // That what it sent was read.
            assertThat(questions.poll(30, TimeUnit.SECONDS)).matches(TunnelQuestion::hasCredit);
        }
    }

    private static <T> StreamObserver<T> endInto(BlockingQueue<Throwable> ends) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T answer) {}

            @Override
            public void onError(Throwable failure) {
                ends.add(failure);
            }

            @Override
            public void onCompleted() {
                ends.add(new AssertionError("it ended by itself"));
            }
        };
    }

    /** Lets a user look into pods and run commands there. */
    private void let(String user) {
        for (String object : List.of(
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRole','metadata':{'name':'" + user
                        + "'},'rules':[{'apiGroups':[''],'resources':['pods/exec','pods/log'],'verbs':['create','get']}]}",
                "{'apiVersion':'rbac.authorization.k8s.io/v1','kind':'ClusterRoleBinding','metadata':{'name':'" + user
                        + "'},'roleRef':{'apiGroup':'rbac.authorization.k8s.io','kind':'ClusterRole','name':'" + user
                        + "'},'subjects':[{'apiGroup':'rbac.authorization.k8s.io','kind':'User','name':'" + user
                        + "'}]}")) {
            ResourcesGrpc.newBlockingStub(admin)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .create(CreateRequest.newBuilder()
                            .setObject(Object.newBuilder().setJson(ByteString.copyFromUtf8(object.replace('\'', '"'))))
                            .build());
        }
    }

    /** Asks once, and gives up as soon as the question has come through. */
    private boolean failsOtherwiseThanUnavailable(LogsRequest request, BlockingQueue<TunnelQuestion> questions) {
        StatusRuntimeException failure = failure(() -> StreamsGrpc.newBlockingStub(admin)
                .withDeadlineAfter(1, TimeUnit.SECONDS)
                .logs(request)
                .hasNext());
        return failure.getStatus().getCode() != Status.Code.UNAVAILABLE || !questions.isEmpty();
    }
}
