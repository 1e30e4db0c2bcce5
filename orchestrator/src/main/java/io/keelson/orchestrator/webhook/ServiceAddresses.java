package io.keelson.orchestrator.webhook;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Where services of the cluster are reached: at their cluster IP. */
public final class ServiceAddresses {

    private ServiceAddresses() {}

    /** The address of a service; empty if there is none. */
    public static Optional<InetSocketAddress> of(Api api, Endpoint.Service service) {
        if (service.name().isEmpty() || service.namespace().isEmpty()) {
            return Optional.empty();
        }
        return api.find(new Ref(Kinds.SERVICE, service.namespace(), service.name()))
                .map(Stored::object)
                .flatMap(object -> Json.string(object, "spec", "clusterIP"))
                .filter(address -> !address.isEmpty() && !address.equals("None"))
                .map(address -> new InetSocketAddress(address, service.port()));
    }
}
