package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.access.GuardedLog;
import io.keelson.orchestrator.access.GuardedStream;
import io.keelson.orchestrator.access.Renewal;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ContainerIo;
import io.keelson.orchestrator.api.LogQuery;
import io.keelson.orchestrator.api.LogStream;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.api.PodLogs;
import io.keelson.orchestrator.api.PodStreams;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.rpc.ProgramCall.Word;
import io.keelson.proto.v1.AttachRequest;
import io.keelson.proto.v1.AttachStart;
import io.keelson.proto.v1.ExecRequest;
import io.keelson.proto.v1.ExecResponse;
import io.keelson.proto.v1.ExecStart;
import io.keelson.proto.v1.Exited;
import io.keelson.proto.v1.LogsChunk;
import io.keelson.proto.v1.LogsRequest;
import io.keelson.proto.v1.PortForwardRequest;
import io.keelson.proto.v1.PortForwardResponse;
import io.keelson.proto.v1.PortForwardStart;
import io.keelson.proto.v1.Started;
import io.keelson.proto.v1.StreamsGrpc;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Logs, commands in containers and connections to pods, over gRPC. */
public final class StreamsService extends StreamsGrpc.StreamsImplBase {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final PodLogs logs;
    private final PodStreams streams;

    /** Over the logs and streams of pods. */
    public StreamsService(PodLogs logs, PodStreams streams) {
        this.logs = logs;
        this.streams = streams;
    }

    private static String namespace(String given) {
        return given.isEmpty() ? "default" : given;
    }

    /** The caller of the present call, if it may, and may still. */
    private static Supplier<User> asked(String verb, String resource, String namespace, String pod) {
        return () -> Calls.authorized(new Access.ToObjects(verb, "", resource, namespace, pod), "v1");
    }

    private static ContainerIo io(io.keelson.proto.v1.ContainerIo wanted) {
        return new ContainerIo(wanted.getStdin(), wanted.getStdout(), wanted.getStderr(), wanted.getTty());
    }

    @Override
    public StreamObserver<ExecRequest> exec(StreamObserver<ExecResponse> out) {
        return new ProgramCall<>(
                out,
                message -> switch (message.getMessageCase()) {
                    case START -> new Word.Start(() -> exec(message.getStart()));
                    case STDIN -> new Word.Input(message.getStdin());
                    case STDIN_END -> new Word.InputEnd();
                    case SIZE -> new Word.Size(message.getSize());
                    case MESSAGE_NOT_SET -> new Word.Nothing();
                },
                new ProgramAnswers());
    }

    private NodeStream exec(ExecStart start) throws InterruptedException {
        String namespace = namespace(start.getNamespace());
        return guarded(
                asked("create", "pods/exec", namespace, start.getPod()),
                user -> streams
                        .exec(
                                user,
                                namespace,
                                start.getPod(),
                                start.getContainer(),
                                start.getCommandList(),
                                io(start.getIo()))
                        .stream());
    }

    /** What is begun for somebody who may, and ends when he may no more. */
    private interface Beginning {
        NodeStream by(User user) throws InterruptedException;
    }

    private static NodeStream guarded(Supplier<User> question, Beginning beginning) throws InterruptedException {
        return new GuardedStream(beginning.by(question.get()), new Renewal(again(question), System::nanoTime));
    }

    @Override
    public StreamObserver<AttachRequest> attach(StreamObserver<ExecResponse> out) {
        return new ProgramCall<>(
                out,
                message -> switch (message.getMessageCase()) {
                    case START -> new Word.Start(() -> attach(message.getStart()));
                    case STDIN -> new Word.Input(message.getStdin());
                    case STDIN_END -> new Word.InputEnd();
                    case SIZE -> new Word.Size(message.getSize());
                    case MESSAGE_NOT_SET -> new Word.Nothing();
                },
                new ProgramAnswers());
    }

    /** The question asked once more, for its refusal. */
    private static Runnable again(Supplier<User> question) {
        return () -> {
            User _ = question.get();
        };
    }

    private NodeStream attach(AttachStart start) throws InterruptedException {
        String namespace = namespace(start.getNamespace());
        return guarded(
                asked("create", "pods/attach", namespace, start.getPod()),
                user ->
                        streams
                                .attach(user, namespace, start.getPod(), start.getContainer(), io(start.getIo()))
                                .stream());
    }

    @Override
    public StreamObserver<PortForwardRequest> portForward(StreamObserver<PortForwardResponse> out) {
        return new ProgramCall<>(
                out,
                message -> switch (message.getMessageCase()) {
                    case START -> new Word.Start(() -> connect(message.getStart()));
                    case DATA -> new Word.Input(message.getData());
                    case END -> new Word.InputEnd();
                    case MESSAGE_NOT_SET -> new Word.Nothing();
                },
                new PortAnswers());
    }

    private NodeStream connect(PortForwardStart start) throws InterruptedException {
        String namespace = namespace(start.getNamespace());
        Supplier<User> question = asked("create", "pods/portforward", namespace, start.getPod());
        List<Integer> port = List.of(start.getPort());
        return GuardedStream.ports(
                        streams.ports(question.get(), namespace, start.getPod(), port),
                        again(question),
                        System::nanoTime)
                .connect(start.getPort());
    }

    private static final class ProgramAnswers implements ProgramCall.Answers<ExecResponse> {
        @Override
        public Optional<ExecResponse> started() {
            return Optional.of(ExecResponse.newBuilder()
                    .setStarted(Started.getDefaultInstance())
                    .build());
        }

        @Override
        public Optional<ExecResponse> output(ByteString bytes) {
            return Optional.of(ExecResponse.newBuilder().setStdout(bytes).build());
        }

        @Override
        public Optional<ExecResponse> errors(ByteString bytes) {
            return Optional.of(ExecResponse.newBuilder().setStderr(bytes).build());
        }

        @Override
        public Optional<ExecResponse> exited(int code) {
            return Optional.of(ExecResponse.newBuilder()
                    .setExited(Exited.newBuilder().setCode(code))
                    .build());
        }
    }

    private static final class PortAnswers implements ProgramCall.Answers<PortForwardResponse> {
        @Override
        public Optional<PortForwardResponse> started() {
            return Optional.of(PortForwardResponse.getDefaultInstance());
        }

        @Override
        public Optional<PortForwardResponse> output(ByteString bytes) {
            return Optional.of(PortForwardResponse.newBuilder().setData(bytes).build());
        }

        @Override
        public Optional<PortForwardResponse> errors(ByteString bytes) {
            return Optional.empty();
        }

        @Override
        public Optional<PortForwardResponse> exited(int code) {
            return Optional.empty();
        }
    }

    @Override
    public void logs(LogsRequest request, StreamObserver<LogsChunk> out) {
        Calls.stream(out, sink -> {
            String namespace = namespace(request.getNamespace());
            Supplier<User> question = asked("get", "pods/log", namespace, request.getPod());
            User _ = question.get();
            Callers.goesOn();
            if (request.getPod().isEmpty()) {
                throw ApiException.badRequest("the name of the pod is missing");
            }
            LogQuery query = new LogQuery(
                    request.getContainer(),
                    request.getFollow(),
                    request.getPrevious(),
                    request.getTimestamps(),
                    request.hasTailLines() ? Optional.of(request.getTailLines()) : Optional.empty(),
                    request.hasSinceSeconds() ? Optional.of(request.getSinceSeconds()) : Optional.empty(),
                    request.getSinceTime(),
                    request.hasLimitBytes() ? Optional.of(request.getLimitBytes()) : Optional.empty());
            try (LogStream log = new GuardedLog(
                    logs.open(namespace, request.getPod(), query), new Renewal(again(question), System::nanoTime))) {
                // Also pieces without bytes, for only an answer tells that the caller has gone.
                for (Optional<byte[]> piece = log.next(PATIENCE); piece.isPresent(); piece = log.next(PATIENCE)) {
                    sink.send(LogsChunk.newBuilder()
                            .setData(ByteString.copyFrom(piece.get()))
                            .build());
                }
            }
        });
    }
}
