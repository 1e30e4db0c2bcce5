package io.keelson.cli;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.TlsServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import io.keelson.cli.cluster.SampleFiles;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplyResponse;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.KindsRequest;
import io.keelson.proto.v1.KindsResponse;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.LogsChunk;
import io.keelson.proto.v1.LogsRequest;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectResponse;
import io.keelson.proto.v1.PatchRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.ServerStatusResponse;
import io.keelson.proto.v1.StreamsGrpc;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code keelson rehearse}, not for users: runs the client commands against a stand-in for a cluster in this process, so that the JVM can
 * record what they load (JEP 514). {@code bin/keelson} calls it once after a build.
 */
final class RehearseCommand implements Command {

    private static final int ROUNDS = 3;
    private static final int TRIES = 60;
    private static final int TRIES_OF_ROLLOUT = 3;
    private static final int PAUSE_MILLIS = 500;

    /** Runs on the process runtime, with a program that every machine has. */
    private static final String APPLICATION = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: a}
            data: {a: b}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a}
            spec:
              selector: {matchLabels: {app: a}}
              template:
                metadata: {labels: {app: a}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: c
                    image: localhost/machine:latest
                    command: [sleep, "60"]
                    readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: a}
            spec: {selector: {app: a}, ports: [{port: 80}]}
            """;

    private static final String OBJECT = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"default","uid":"1","creationTimestamp":"2026-01-01T00:00:00Z",
            "labels":{"app":"a"},"generation":1},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"a"}},"containers":[{"name":"c","image":"i",
            "command":["sh","-c","one\\ntwo"]}]},"status":{"observedGeneration":1,"replicas":1,"updatedReplicas":1,"availableReplicas":1,
            "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}""";

    private static final String TABLE = """
            {"kind":"Table","columnDefinitions":[{"name":"Name","priority":0},{"name":"Status","priority":0},{"name":"IP","priority":1}],
            "rows":[{"cells":["a","Running","10.0.0.1"],"object":{"metadata":{"name":"a","namespace":"default"}}}]}""";

    private static final String MANIFEST = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: a, labels: {app: "a"}}
            spec:
              replicas: 1
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: a
            """;

    @Override
    public CommandSpec spec() {
        return Options.command("rehearse", "prepare|client|cluster FOLDER", "Not for users.")
                .addPositional(Options.rest("WHAT", ""));
    }

    /** In two processes: making keys would be recorded, too, and then slow down every command that makes none. */
    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        if (words.size() != 2) throw Trouble.usage("rehearse prepare FOLDER, then rehearse client FOLDER");
        var files = new SampleFiles(Path.of(words.get(1)));
        try {
            switch (words.getFirst()) {
                case "prepare" -> files.write();
                case "client" -> client(files);
                case "cluster" -> cluster(files);
                default -> throw Trouble.usage("rehearse prepare, client or cluster");
            }
            return 0;
        } catch (IOException failed) {
            throw Trouble.because(failed, "the rehearsal failed: " + failed.getMessage());
        }
    }

    private static void client(SampleFiles files) throws IOException, InterruptedException {
        var credentials = TlsServerCredentials.newBuilder()
                .keyManager(files.certificate().toFile(), files.key().toFile())
                .trustManager(files.authority().toFile())
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
        // The client's own library serves, too: what is recorded is loaded by every command.
        Server server = OkHttpServerBuilder.forPort(files.port(), credentials)
                .addService(new Resources())
                .addService(new Logs())
                .addService(new Statuses())
                .build()
                .start();
        try {
            for (int i = 0; i < ROUNDS; i++) commands(files);
        } finally {
            server.shutdownNow().awaitTermination();
        }
    }

    /** A server and a node in this process, and an application on them. They are closed when the process ends. */
    private static void cluster(SampleFiles files) throws IOException, InterruptedException {
        for (var arguments : List.of(files.serverArguments(), files.agentArguments())) {
            Thread.ofPlatform()
                    .daemon()
                    .name(arguments.getFirst())
                    .start(() -> Cli.run(arguments.toArray(String[]::new), Terminal.ofProcess()));
        }
        int code = Trouble.FAILED;
        for (int i = 0; i < TRIES && code != 0; i++) {
            Thread.sleep(PAUSE_MILLIS);
            code = command(files, "get nodes", "");
        }
        if (code != 0) throw Trouble.of("the server did not answer");
        command(files, "apply -f -", APPLICATION);
        for (int i = 0; i < TRIES_OF_ROLLOUT && command(files, "rollout status deployment/a --timeout 1", "") != 0; i++)
            Thread.sleep(PAUSE_MILLIS);
        command(files, "get all", "");
        command(files, "delete deployment/a", "");
    }

    private static int command(SampleFiles files, String line, String input) {
        var out = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        var in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        var environment = Map.of(
                "KUBECONFIG",
                files.kubeconfig().toString(),
                "HOME",
                files.kubeconfig().toString());
        return Cli.run(line.split(" ", -1), new Terminal(out, out, in, true, environment));
    }

    private static void commands(SampleFiles files) {
        for (var line : List.of(
                "get pods",
                "get pods -o wide -A",
                "get pods,deployments",
                "get pod a -o yaml",
                "get pods -o json",
                "get pods -o name",
                "get all",
                "describe pod/a",
                "apply -f -",
                "scale pod/a --replicas=1",
                "logs a",
                "version",
                "rollout status deployment/a",
                "get nothing",
                "gett")) {
            command(files, line, MANIFEST);
        }
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

    private static final class Logs extends StreamsGrpc.StreamsImplBase {
        @Override
        public void logs(LogsRequest request, StreamObserver<LogsChunk> to) {
            answer(
                    to,
                    LogsChunk.newBuilder()
                            .setData(ByteString.copyFromUtf8("a line\n"))
                            .build());
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
}
