package io.keelson.orchestrator.webhook;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntUnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where services of the cluster are reached: at one of the pods behind them, for on a server nobody makes cluster IPs lead anywhere; at the
 * cluster IP if no pod is known to be ready.
 */
public final class ServiceAddresses {

    private static final String OF_SERVICE = "kubernetes.io/service-name";

    private ServiceAddresses() {}

    /** The address of a service; empty if there is none with such a port. */
    public static Optional<InetSocketAddress> of(Api api, Endpoint.Service service) {
        return of(api, service, bound -> ThreadLocalRandom.current().nextInt(bound));
    }

    /** @param choice one of so many ready pods */
    static Optional<InetSocketAddress> of(Api api, Endpoint.Service service, IntUnaryOperator choice) {
        if (service.name().isEmpty() || service.namespace().isEmpty()) {
            return Optional.empty();
        }
        Optional<ObjectNode> object = api.find(new Ref(Kinds.SERVICE, service.namespace(), service.name()))
                .map(Stored::object);
        Optional<JsonNode> port = object.stream()
                .flatMap(found -> Json.items(found, "spec", "ports").stream())
                .filter(each -> each.path("port").asInt(0) == service.port())
                .findFirst();
        if (port.isEmpty()) {
            return Optional.empty();
        }
        List<InetSocketAddress> ready =
                ready(api, service, Json.string(port.get(), "name").orElse(""));
        if (!ready.isEmpty()) {
            return Optional.of(ready.get(choice.applyAsInt(ready.size())));
        }
        return Json.string(object.get(), "spec", "clusterIP")
                .filter(address -> !address.isEmpty() && !address.equals("None"))
                .map(address -> new InetSocketAddress(address, service.port()));
    }

    private static List<InetSocketAddress> ready(Api api, Endpoint.Service service, String portName) {
        List<InetSocketAddress> ready = new ArrayList<>();
        for (ObjectNode slice : api.list(ListQuery.in(Kinds.ENDPOINT_SLICE, service.namespace())
                        .withLabels(LabelSelector.ofLabels(Map.of(OF_SERVICE, service.name()))))
                .items()) {
            int port = Json.items(slice, "ports").stream()
                    .filter(each -> each.path("name").asString("").equals(portName))
                    .mapToInt(each -> each.path("port").asInt(0))
                    .findFirst()
                    .orElse(0);
            for (JsonNode endpoint : Json.items(slice, "endpoints")) {
                boolean serves = endpoint.path("conditions").path("ready").asBoolean(true);
                for (JsonNode address : Json.items(endpoint, "addresses")) {
                    if (serves && port > 0) {
                        ready.add(new InetSocketAddress(address.asString(""), port));
                    }
                }
            }
        }
        return ready;
    }
}
