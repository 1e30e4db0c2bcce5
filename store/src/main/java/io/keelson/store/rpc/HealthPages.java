package io.keelson.store.rpc;

import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmType;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * {@code /health} as etcd has had it for long, {@code /livez} and {@code /readyz} as Kubernetes asks for them (each check also under a path
 * of its own, {@code ?verbose}, {@code ?exclude=}), and {@code /version}.
 */
final class HealthPages {

    private static final String CORRUPTION = "data_corruption";
    private static final String SERIALIZABLE = "serializable_read";
    private static final String LINEARIZABLE = "linearizable_read";

    /** A learner serves only what may be stale; it is ready for nothing else. */
    private static final String VOTES = "non_learner";

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
        ready.put(CORRUPTION, this::notCorrupt);
        ready.put(SERIALIZABLE, () -> readable(false));
        ready.put(LINEARIZABLE, () -> readable(true));
        ready.put(
                VOTES,
                () -> CompletableFuture.completedFuture(
                        replica.standing().isLearner() ? "not supported for learner" : ""));
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
        List<String> excluded = exchange.request().all("exclude");
        CompletableFuture<String> reason = alarms().thenApply(
                        alarms -> alarms.filter(alarm -> !excluded.contains(alarm.name()))
                                .map(alarm -> "ALARM " + alarm)
                                .findFirst()
                                .orElse(""))
                .thenCompose(why -> why.isEmpty() ? answers(serializable) : CompletableFuture.completedFuture(why))
                .exceptionally(HealthPages::words);
        var _ = reason.thenAccept(why -> {
            (why.isEmpty() ? healthy : unhealthy).increment();
            exchange.answer(Page.json(
                    why.isEmpty() ? 200 : 503,
                    "{\"health\":\"" + why.isEmpty() + "\",\"reason\":" + Page.quote(why) + "}"));
        });
    }

    private CompletableFuture<String> answers(boolean serializable) {
        return !serializable && replica.standing().leaderId() == 0
                ? CompletableFuture.completedFuture("RAFT NO LEADER")
                : readable(!serializable).thenApply(why -> why.isEmpty() ? "" : "RANGE ERROR:" + why);
    }

    /** The alarms that are on, whichever member's they are. */
    private CompletableFuture<Stream<AlarmType>> alarms() {
        return CompletableFuture.supplyAsync(
                () -> replica.read(View::alarms).stream().map(AlarmMember::getAlarm), workers);
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
                .exceptionally(HealthPages::words);
    }

    private CompletableFuture<String> notCorrupt() {
        return alarms().thenApply(alarms ->
                        alarms.anyMatch(alarm -> alarm == AlarmType.CORRUPT) ? "alarm activated: CORRUPT" : "")
                .exceptionally(HealthPages::words);
    }

    private static String words(Throwable error) {
        String description = Failures.status(error).getDescription();
        return description == null ? error.toString() : description;
    }
}
