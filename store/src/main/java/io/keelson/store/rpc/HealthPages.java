package io.keelson.store.rpc;

import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import io.keelson.store.rpc.http.Exchange;
import io.keelson.store.rpc.http.Page;
import io.keelson.store.rpc.http.Request;
import io.keelson.store.rpc.http.Site;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * {@code /health} as etcd has had it for long, {@code /livez} and {@code /readyz} as Kubernetes asks for them (each check also under a path
 * of its own, {@code ?verbose}, {@code ?exclude=}), and {@code /version}.
 */
final class HealthPages {

    private static final String SERIALIZABLE = "serializable_read";
    private static final String LINEARIZABLE = "linearizable_read";

    /** Looks at one thing; what it comes to is empty if all is well, otherwise why not. */
    private interface Check extends Supplier<CompletableFuture<String>> {}

    private final Replica replica;
    private final Executor workers;
    private final LongAdder healthy = new LongAdder();
    private final LongAdder unhealthy = new LongAdder();

    HealthPages(Replica replica, Executor workers) {
        this.replica = replica;
        this.workers = workers;
    }

    /** How often {@code /health} said yes. */
    long successes() {
        return healthy.sum();
    }

    /** How often {@code /health} said no. */
    long failures() {
        return unhealthy.sum();
    }

    /** Handlers by path. */
    Map<String, Site.Handler> pages() {
        var live = new LinkedHashMap<String, Check>();
        live.put(SERIALIZABLE, () -> readable(false));
        var ready = new LinkedHashMap<String, Check>();
        ready.put(SERIALIZABLE, () -> readable(false));
        ready.put(LINEARIZABLE, () -> readable(true));
        var pages = new HashMap<String, Site.Handler>();
        pages.put("/health", this::health);
        pages.put("/version", Site.page(_ -> version()));
        probe(pages, "/livez", live);
        probe(pages, "/readyz", ready);
        return pages;
    }

    private static Page version() {
        return Page.json(
                200,
                "{\"etcdserver\":\"%s\",\"etcdcluster\":\"%s\",\"storage\":\"%s\"}"
                        .formatted(
                                MaintenanceService.VERSION,
                                MaintenanceService.CLUSTER_VERSION,
                                MaintenanceService.CLUSTER_VERSION));
    }

    // ---- /health ---------------------------------------------------------------------------------------------------

    private void health(Exchange exchange) {
        boolean serializable = exchange.request().all("serializable").contains("true");
        CompletableFuture<String> reason =
                !serializable && replica.standing().leader().isEmpty()
                        ? CompletableFuture.completedFuture("RAFT NO LEADER")
                        : readable(!serializable).thenApply(why -> why.isEmpty() ? "" : "RANGE ERROR:" + why);
        var _ = reason.thenAccept(why -> {
            (why.isEmpty() ? healthy : unhealthy).increment();
            exchange.answer(Page.json(
                    why.isEmpty() ? 200 : 503,
                    "{\"health\":\"" + why.isEmpty() + "\",\"reason\":" + Page.quote(why) + "}"));
        });
    }

    // ---- /livez, /readyz -------------------------------------------------------------------------------------------

    private static void probe(Map<String, Site.Handler> pages, String path, Map<String, Check> checks) {
        pages.put(path, exchange -> look(checks, exchange));
        checks.forEach((name, check) -> pages.put(path + "/" + name, exchange -> look(Map.of(name, check), exchange)));
    }

    private static void look(Map<String, Check> checks, Exchange exchange) {
        Request request = exchange.request();
        Set<String> excluded = new LinkedHashSet<>();
        request.all("exclude").forEach(list -> excluded.addAll(List.of(list.split(","))));
        excluded.remove("");
        var lines = new LinkedHashMap<String, CompletableFuture<String>>();
        checks.forEach((name, check) ->
                lines.put(name, excluded.contains(name) ? CompletableFuture.completedFuture(EXCLUDED) : check.get()));
        excluded.removeAll(checks.keySet());
        var _ = CompletableFuture.allOf(lines.values().toArray(CompletableFuture[]::new))
                .thenAccept(_ -> exchange.answer(verdict(lines, excluded, request.has("verbose"))));
    }

    /** Stands in the place of a reason for a check that was not made. */
    private static final String EXCLUDED = "excluded: ok";

    private static Page verdict(Map<String, CompletableFuture<String>> lines, Set<String> unknown, boolean verbose) {
        var list = new StringBuilder();
        boolean failed = false;
        for (var line : lines.entrySet()) {
            String reason = line.getValue().join();
            if (reason.equals(EXCLUDED)) {
                list.append("[+]")
                        .append(line.getKey())
                        .append(' ')
                        .append(EXCLUDED)
                        .append('\n');
            } else if (reason.isEmpty()) {
                list.append("[+]").append(line.getKey()).append(" ok\n");
            } else {
                failed = true;
                list.append("[-]")
                        .append(line.getKey())
                        .append(" failed: ")
                        .append(reason)
                        .append('\n');
            }
        }
        if (!unknown.isEmpty()) {
            list.append("warn: some health checks cannot be excluded: no matches for ")
                    .append(String.join(", ", unknown))
                    .append('\n');
        }
        return failed ? Page.text(503, list.toString()) : Page.text(200, verbose ? list + "ok\n" : "ok\n");
    }

    /** Empty if the store can be read, otherwise why not. */
    private CompletableFuture<String> readable(boolean linearizable) {
        CompletableFuture<Boolean> barrier =
                linearizable ? replica.readBarrier().thenApply(_ -> true) : CompletableFuture.completedFuture(true);
        return barrier.thenApplyAsync(
                        _ -> {
                            replica.read(View::revision);
                            return "";
                        },
                        workers)
                .exceptionally(
                        error -> Optional.ofNullable(Failures.status(error).getDescription())
                                .orElse(error.toString()));
    }
}
