package io.keelson.bench.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The pods that are stored: some 4 kB each, of a scheduler that does not exist, so that nobody works on them. Most of it is in their specs, as pods
 * have it, and those of one application are alike in that.
 */
final class Pods {

    static final String NAMESPACE = "bench";

    /** So many values has the label that watchers select by, as pods have nodes. */
    static final int SLOTS = 1_000;

    /** First among the annotations, which are first among the metadata: when a change was sent, in nanoseconds of this process. */
    static final String SENT = "a";

    private static final int APPLICATIONS = 100;
    private static final String PAD = "x".repeat(2_900);
    private static final int IN_FLIGHT = 12;

    private final Servers servers;
    private int count;

    Pods(Servers servers) {
        this.servers = servers;
    }

    int count() {
        return count;
    }

    /** Makes pods until there are so many. */
    void grow(int wanted) throws InterruptedException {
        AtomicInteger next = new AtomicInteger(count);
        AtomicReference<Exception> failure = new AtomicReference<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(IN_FLIGHT)) {
            for (int i = 0; i < IN_FLIGHT; i++) {
                workers.execute(() -> {
                    try {
                        for (int pod = next.getAndIncrement(); pod < wanted; pod = next.getAndIncrement()) {
                            servers.send(
                                    pod,
                                    "POST",
                                    "/api/v1/namespaces/" + NAMESPACE + "/pods",
                                    "application/json",
                                    pod(pod).getBytes(StandardCharsets.UTF_8));
                        }
                    } catch (IOException | InterruptedException | RuntimeException e) {
                        failure.set(e);
                    }
                });
            }
            workers.shutdown();
            if (!workers.awaitTermination(10, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the pods take too long");
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("pods cannot be made", failure.get());
        }
        count = wanted;
    }

    static String name(int pod) {
        return "pod-" + pod;
    }

    private static String pod(int pod) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"%s","labels":{"slot":"s%d","app":"bench"},
                 "annotations":{"%s":"0000000000000000"}},
                 "spec":{"schedulerName":"nobody","containers":[{"name":"main","image":"registry.example.com/bench/main:1.0",
                  "ports":[{"containerPort":8080}],"env":[{"name":"A","value":"%d"},{"name":"B","value":"%s"}],
                  "resources":{"requests":{"cpu":"10m","memory":"16Mi"}}}]}}""".formatted(name(pod), pod % SLOTS, SENT, pod % APPLICATIONS, pod % APPLICATIONS + PAD);
    }

    /** Changes a pod; says within it when. */
    void change(int pod) throws IOException, InterruptedException {
        String patch = "{\"metadata\":{\"annotations\":{\"" + SENT + "\":\"%016d\"}}}".formatted(System.nanoTime());
        servers.send(
                pod,
                "PATCH",
                "/api/v1/namespaces/" + NAMESPACE + "/pods/" + name(pod),
                "application/merge-patch+json",
                patch.getBytes(StandardCharsets.UTF_8));
    }

    void read(int pod) throws IOException, InterruptedException {
        servers.send(
                pod, "GET", "/api/v1/namespaces/" + NAMESPACE + "/pods/" + name(pod), "application/json", new byte[0]);
    }
}
