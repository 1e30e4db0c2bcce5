package io.keelson.cli;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.keelson.cli.client.Access;
import io.keelson.cli.client.Servers;
import io.keelson.cli.cluster.SampleFiles;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.MaintenanceGrpc;
import io.keelson.proto.etcd.MoveLeaderRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.StatusRequest;
import io.keelson.proto.etcd.StatusResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What the servers of a cluster do all their lives, for some seconds: keys are put, read and watched, objects are changed, read, listed and watched. So the
 * JVM of a server that is recorded knows which code will be hot, and how it is used (JEP 515). Once as the leader, and once as a follower.
 */
final class Exercise implements AutoCloseable {

    private static final Duration EACH = Duration.ofSeconds(4);
    private static final int MANY = 100;
    private static final int STREAMS = 10;
    private static final int WORKERS = 6;
    private static final int WATCHES = 24;
    private static final int ADDED = 201;
    private static final int ENDS_SECONDS = 30;
    private static final String PODS = "/api/v1/namespaces/default/pods";

    private final SampleFiles files;
    private final Servers servers;
    private final HttpClient http;
    private final Map<String, ManagedChannel> stores = new LinkedHashMap<>();
    private final ByteString value;
    private final List<InputStream> watches = new ArrayList<>();
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicLong done = new AtomicLong();
    private final AtomicReference<Optional<Exception>> problem = new AtomicReference<>(Optional.empty());

    Exercise(SampleFiles files) {
        this.files = files;
        this.servers = new Servers(Access.fromKubeconfig(files.kubeconfig()));
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(servers.tls())
                .executor(workers)
                .build();
        for (String name : files.servers()) stores.put(name, servers.channelTo(files.store(name)));
        byte[] bytes = new byte[1 << 10];
        ThreadLocalRandom.current().nextBytes(bytes);
        this.value = ByteString.copyFrom(bytes);
    }

    /** On a cluster that answers. */
    void run() throws IOException, InterruptedException {
        for (int i = 0; i < WORKERS; i++) send(0, "POST", PODS, "application/json", pod("p" + i));
        watch();
        String first = files.servers().getFirst();
        for (String leader : List.of(first, files.servers().getLast())) {
            lead(leader);
            puts(1);
            puts(MANY);
            reads();
            objects();
        }
        var failed = problem.get();
        if (failed.isPresent())
            throw new IOException("a request of the exercise failed: " + failed.get(), failed.get());
    }

    /** Makes a member the leader, unless it is. */
    private void lead(String wanted) {
        long member = status(wanted).getHeader().getMemberId();
        for (String name : stores.keySet()) {
            StatusResponse status = status(name);
            if (status.getLeader() == status.getHeader().getMemberId() && status.getLeader() != member) {
                var _ = MaintenanceGrpc.newBlockingStub(stores.get(name))
                        .moveLeader(MoveLeaderRequest.newBuilder()
                                .setTargetID(member)
                                .build());
            }
        }
    }

    private StatusResponse status(String name) {
        return MaintenanceGrpc.newBlockingStub(stores.get(name)).status(StatusRequest.getDefaultInstance());
    }

    /** So many at a time, of clients of all members, with a lease now and then. */
    private void puts(int inFlight) throws InterruptedException {
        var free = new Semaphore(inFlight);
        var channels = List.copyOf(stores.values());
        long end = System.nanoTime() + EACH.toNanos();
        for (int i = 0; System.nanoTime() < end; i++) {
            free.acquire();
            var channel = channels.get(i % channels.size());
            if (i % 500 == 0) {
                LeaseGrpc.newStub(channel)
                        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build(), releasing(free));
            } else {
                KVGrpc.newStub(channel)
                        .put(
                                PutRequest.newBuilder()
                                        .setKey(ByteString.copyFromUtf8("exercise/" + i % 5_000))
                                        .setValue(value)
                                        .build(),
                                releasing(free));
            }
        }
        free.acquire(inFlight);
    }

    private void reads() throws InterruptedException {
        var free = new Semaphore(MANY);
        var channels = List.copyOf(stores.values());
        long end = System.nanoTime() + EACH.toNanos() / 2;
        for (int i = 0; System.nanoTime() < end; i++) {
            free.acquire();
            var range = RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("exercise/" + i % 5_000));
            if (i % 100 == 0)
                range.setRangeEnd(ByteString.copyFromUtf8("exercise0")).setLimit(50);
            KVGrpc.newStub(channels.get(i % channels.size())).range(range.build(), releasing(free));
        }
        free.acquire(MANY);
    }

    private <T> StreamObserver<T> releasing(Semaphore free) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T answer) {}

            @Override
            public void onError(Throwable failure) {
                // While the lead changes a put may fail.
                free.release();
            }

            @Override
            public void onCompleted() {
                free.release();
            }
        };
    }

    /** Watchers of keys and of objects, on all servers, to the end. */
    private void watch() throws IOException, InterruptedException {
        for (ManagedChannel channel : stores.values()) {
            for (int i = 0; i < STREAMS; i++) {
                StreamObserver<WatchRequest> requests = WatchGrpc.newStub(channel)
                        .watch(new StreamObserver<WatchResponse>() {
                            @Override
                            public void onNext(WatchResponse answer) {}

                            @Override
                            public void onError(Throwable failure) {}

                            @Override
                            public void onCompleted() {}
                        });
                for (int j = 0; j < STREAMS; j++) {
                    requests.onNext(WatchRequest.newBuilder()
                            .setCreateRequest(WatchCreateRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("exercise/" + i))
                                    .setRangeEnd(ByteString.copyFromUtf8("exercise/" + (i + 1))))
                            .build());
                }
            }
        }
        for (int i = 0; i < WATCHES; i++) {
            String selector = i % 4 == 0 ? "" : "&labelSelector=slot%3Dp" + i % WORKERS;
            InputStream events = http.send(
                            request(i, PODS + "?watch=true&allowWatchBookmarks=true" + selector)
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream())
                    .body();
            watches.add(events);
            workers.execute(() -> {
                try {
                    events.transferTo(java.io.OutputStream.nullOutputStream());
                } catch (IOException ended) {
                    // By close().
                }
            });
        }
    }

    private void objects() throws InterruptedException {
        long end = System.nanoTime() + 2 * EACH.toNanos();
        var ended = new Semaphore(0);
        for (int worker = 0; worker < WORKERS; worker++) {
            int number = worker;
            workers.execute(() -> {
                try {
                    for (int i = 0;
                            System.nanoTime() < end && !Thread.currentThread().isInterrupted();
                            i++) attempt(number, i);
                } finally {
                    ended.release();
                }
            });
        }
        ended.acquire(WORKERS);
    }

    /** What fails on a machine that is too busy is worth no less to the recording. */
    private void attempt(int worker, int i) {
        try {
            change(worker, i);
            done.incrementAndGet();
        } catch (IOException | RuntimeException e) {
            problem.accumulateAndGet(Optional.of(e), (first, later) -> first.isPresent() ? first : later);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(int worker, int i) throws IOException, InterruptedException {
        String pod = PODS + "/p" + worker;
        int server = worker + i;
        switch (i % 8) {
            case 0, 1, 2 ->
                send(
                        server,
                        "PATCH",
                        pod,
                        i % 2 == 0 ? "application/merge-patch+json" : "application/strategic-merge-patch+json",
                        "{\"metadata\":{\"annotations\":{\"a\":\"" + i + "\"}}}");
            case 3 -> send(server, "PATCH", pod + "/status", "application/strategic-merge-patch+json", status(i));
            case 4, 5 -> send(server, "GET", pod, "", "");
            case 6 -> send(server, "GET", PODS + "?limit=500&labelSelector=app%3Dexercise", "", "");
            default -> {
                String name = "c" + worker;
                String map = "/api/v1/namespaces/default/configmaps/" + name;
                send(
                        server,
                        "PATCH",
                        map + "?fieldManager=exercise&force=true",
                        "application/apply-patch+yaml",
                        configMap(name, i));
                if (i % 5 == 0) send(server, "DELETE", map, "", "");
            }
        }
    }

    /** Some 4 kB, of a scheduler that is not there. */
    private static String pod(String name) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%1$s","labels":{"app":"exercise","slot":"%1$s"},"annotations":{"a":"0"}},
                "spec":{"schedulerName":"nobody","containers":[{"name":"c","image":"localhost/c:1","ports":[{"containerPort":80}],
                "env":[{"name":"A","value":"%2$s"}],"resources":{"requests":{"cpu":"100m","memory":"64Mi"}},
                "readinessProbe":{"httpGet":{"path":"/","port":80}}}]}}""".formatted(name, "x".repeat(3_000));
    }

    private static String status(int i) {
        return """
                {"status":{"phase":"Pending","conditions":[{"type":"Ready","status":"False",
                "lastTransitionTime":"2026-01-01T00:00:00Z","reason":"r%d"}]}}""".formatted(i);
    }

    private static String configMap(String name, int i) {
        return """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{"a":"%d"}}""".formatted(name, i);
    }

    private HttpRequest.Builder request(int server, String path) {
        String host = files.api(files.servers().get(server % files.servers().size()));
        return HttpRequest.newBuilder(URI.create("https://" + host + path)).timeout(Duration.ofSeconds(ENDS_SECONDS));
    }

    /** A conflict with another worker is no failure; anything else that is refused is. */
    private void send(int server, String method, String path, String type, String body)
            throws IOException, InterruptedException {
        var request = request(server, path).method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!type.isEmpty()) request.header("Content-Type", type);
        var answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        boolean leadChanges = answer.statusCode() >= 500;
        if (answer.statusCode() > ADDED && answer.statusCode() != 409 && answer.statusCode() != 429 && !leadChanges)
            throw Trouble.of(method + " " + path + " was answered with " + answer.statusCode() + ": " + answer.body());
    }

    @Override
    public void close() {
        for (InputStream events : watches) {
            try {
                events.close();
            } catch (IOException ended) {
                // That is what was wanted.
            }
        }
        workers.shutdownNow();
        http.shutdownNow();
        stores.values().forEach(ManagedChannel::shutdownNow);
        servers.close();
    }
}
