package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.registry.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Whether this server lives ({@code /livez}, {@code /healthz}) and can serve ({@code /readyz}): checks with names, in Kubernetes' form. */
final class Health {

    private static final int UNAVAILABLE = 503;

    /**
     * One of several things that must be well.
     *
     * @param name as in Kubernetes
     * @param fault why it is not; empty if it is
     */
    private record Check(String name, Supplier<Optional<String>> fault) {}

    private final List<Check> alive;
    private final List<Check> ready;

    /**
     * Asks the store only for readiness: a server that cannot reach the others is not helped by being started anew.
     *
     * @param notReady why the store does not answer; empty if it does
     */
    Health(Supplier<Optional<String>> notReady) {
        Check ping = new Check("ping", Optional::empty);
        this.alive = List.of(ping);
        this.ready = List.of(ping, new Check("etcd", notReady));
    }

    /**
     * Answers {@code ok}, or with a line for each check if the query says {@code verbose}; {@code exclude} leaves checks out, a second step of
     * the path asks only one.
     *
     * @throws ApiException SERVICE_UNAVAILABLE if a check fails, NOT_FOUND if there is no such check
     */
    void answer(Exchange exchange) {
        List<String> steps = exchange.steps();
        String page = steps.getFirst();
        List<Check> checks = page.equals("readyz") ? ready : alive;
        if (steps.size() > 1) {
            String path = String.join("/", steps.subList(1, steps.size()));
            checks = checks.stream().filter(check -> check.name().equals(path)).toList();
            if (checks.isEmpty()) {
                throw Target.notFound();
            }
        }
        List<String> excluded = exchange.query().all("exclude");
        List<String> lines = new ArrayList<>();
        Set<String> unknown = new HashSet<>(excluded);
        Optional<String> fault = Optional.empty();
        for (Check check : checks) {
            unknown.remove(check.name());
            if (excluded.contains(check.name())) {
                lines.add("[+]" + check.name() + " excluded: ok");
                continue;
            }
            Optional<String> here = check.fault().get();
            lines.add(here.map(why -> "[-]" + check.name() + " failed: " + why)
                    .orElseGet(() -> "[+]" + check.name() + " ok"));
            fault = fault.or(() -> here);
        }
        if (!unknown.isEmpty()) {
            lines.add("warn: some health checks cannot be excluded: no matches for \""
                    + String.join("\", \"", unknown.stream().sorted().toList()) + "\"");
        }
        if (exchange.query().all("verbose").isEmpty()) {
            fault.ifPresent(why -> {
                throw new ApiException(Reason.SERVICE_UNAVAILABLE, "not ready: " + why);
            });
            text(exchange, 200, "ok");
        } else {
            lines.add(page + " check " + (fault.isPresent() ? "failed" : "passed"));
            text(exchange, fault.isPresent() ? UNAVAILABLE : 200, String.join("\n", lines) + "\n");
        }
    }

    private static void text(Exchange exchange, int code, String text) {
        exchange.reply(code, "text/plain", text.getBytes(StandardCharsets.UTF_8));
    }
}
