package io.keelson.cli.cluster;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The end of {@code up}: waits for the servers and nodes, and says what the user has now. */
public final class Arrival {

    /** How long each of the steps may take. A first start on a small, busy machine takes a minute. */
    public static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final int POLL_MILLIS = 200;

    private final Plan plan;
    private final Progress progress;
    private final Terminal terminal;

    public Arrival(Plan plan, Up up, Terminal terminal) {
        this.plan = plan;
        this.progress = up.progress();
        this.terminal = terminal;
    }

    /** Waits for a leader and for every node to be Ready. */
    public void awaitCluster() throws InterruptedException {
        try (var readiness = new Readiness(plan)) {
            readiness.awaitServers(progress, PATIENCE);
            readiness.awaitNodes(progress, PATIENCE);
        }
    }

    /** Tells of a step that is done. */
    public void done(String label, String text) {
        progress.done(label, text);
    }

    /** Tells what is waited for. */
    public void waiting(String label, String text) {
        progress.waiting(label, text);
    }

    /** Ends a line that waits. */
    public void clear() {
        progress.clear();
    }

    /** Seconds since the beginning. */
    public String elapsed() {
        return progress.elapsed();
    }

    /** The first of some web addresses that answers, waiting a while; empty if none does. */
    public static Optional<String> firstThatAnswers(List<String> urls, Duration patience) throws InterruptedException {
        if (urls.isEmpty()) return Optional.empty();
        long deadline = System.nanoTime() + patience.toNanos();
        try (var http = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(2))
                .proxy(HttpClient.Builder.NO_PROXY)
                .build()) {
            while (true) {
                for (var url : urls) {
                    try {
                        var request = HttpRequest.newBuilder(URI.create(url))
                                .timeout(Duration.ofSeconds(2))
                                .build();
                        http.send(request, HttpResponse.BodyHandlers.discarding());
                        return Optional.of(url);
                    } catch (IOException notYet) {
                        if (System.nanoTime() > deadline) return Optional.empty();
                    }
                }
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    /**
     * Says where everything is and what to try.
     *
     * @param url that answers
     * @param deployment that was applied, such as {@code deployment/hello}, with its namespace as an option if it is not the default
     * @param options that name the cluster, for every command
     */
    public void farewell(Optional<String> url, Optional<String> deployment, String options) {
        var out = terminal.out();
        out.println();
        url.ifPresent(address -> out.println("It answers:   " + terminal.paint(Colour.STRONG, "curl " + address)));
        out.println("kubeconfig:   " + plan.kubeconfig());
        out.println("API servers:  "
                + String.join(
                        ", ",
                        plan.apiServers().stream()
                                .map(server -> "https://" + server)
                                .toList()));
        out.println();
        out.println("Try:");
        suggestions(deployment, options.isEmpty() ? "" : " " + options, plan.kubeconfig())
                .forEach(line -> out.println("  " + line));
        out.flush();
    }

    /** Commands that work at once: only who applied a Deployment has one to scale. */
    static List<String> suggestions(Optional<String> deployment, String options, Path kubeconfig) {
        var kubectl = "kubectl --kubeconfig " + kubeconfig;
        var last = "keelson status" + options + "     keelson down" + options;
        return deployment
                .map(name -> List.of(
                        "keelson get pods -o wide" + options,
                        "keelson scale " + name + " --replicas=5" + options,
                        "keelson logs " + name + options,
                        kubectl + " get all",
                        last))
                .orElseGet(() -> List.of("keelson get nodes -o wide" + options, kubectl + " get all -A", last));
    }
}
