package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells who is behind a service in one object of the service's name: the older form, which people and scripts still read. */
public final class EndpointsController implements Controller {

    /** Addresses in one object at most, as in Kubernetes; beyond, the object says in an annotation that it is cut. */
    static final int ADDRESS_LIMIT = 1000;

    static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    static final String MANAGER = "endpoint-controller";

    @Override
    public String name() {
        return "endpoint-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        return change.ref().kind().equals(Kinds.ENDPOINTS)
                ? Stream.of(new Ref(
                        Kinds.SERVICE, change.ref().namespace(), change.ref().name()))
                : Backends.touched(change, cluster);
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        Optional<ClusterObject> endpoints = cluster.get(new Ref(Kinds.ENDPOINTS, ref.namespace(), ref.name()));
        Optional<ClusterObject> service = cluster.get(ref).filter(object -> !object.terminating());
        if (service.isEmpty()) {
            return endpoints
                    .filter(there -> MANAGER.equals(there.labels().get(MANAGED_BY)) && !there.terminating())
                    .<Action>map(there -> new Action.Delete(
                            there.ref(), there.uid(), Optional.<Duration>empty(), Action.Propagation.BACKGROUND))
                    .stream()
                    .toList();
        }
        return Backends.selector(service.get())
                .flatMap(selector -> write(cluster, service.get(), selector, endpoints))
                .stream()
                .toList();
    }

    private static Optional<Action> write(
            Cluster cluster, ClusterObject service, LabelSelector selector, Optional<ClusterObject> endpoints) {
        List<Backends.Backend> backends = Backends.of(cluster, service, selector).stream()
                .filter(backend -> !backend.pod().object().terminating() || Backends.publishesNotReady(service))
                .toList();
        ObjectNode wanted = Json.object();
        wanted.set("subsets", subsets(service, backends));
        ObjectNode metadata = wanted.putObject("metadata");
        ObjectNode labels = metadata.putObject("labels");
        new TreeMap<>(service.labels()).forEach(labels::put);
        labels.put(MANAGED_BY, MANAGER);
        if (backends.size() > ADDRESS_LIMIT) {
            metadata.putObject("annotations").put(OVER_CAPACITY, "truncated");
        }
        if (endpoints.isPresent()) {
            return endpoints
                    .filter(there -> !same(there, wanted))
                    .map(there -> new Action.Patch(there.ref(), there.revision(), wanted));
        }
        Ref ref = new Ref(Kinds.ENDPOINTS, service.namespace(), service.name());
        wanted.put("apiVersion", Kinds.ENDPOINTS.apiVersion()).put("kind", Kinds.ENDPOINTS.kind());
        metadata.put("name", ref.name()).put("namespace", ref.namespace());
        return Optional.of(new Action.Create(ref, wanted, Optional.of(Action.Condition.Exists.of(service))));
    }

    private static boolean same(ClusterObject there, ObjectNode wanted) {
        ObjectNode now = Json.object();
        now.set("subsets", Json.at(there.json(), "subsets").orElse(Json.array()));
        ObjectNode then = Json.object();
        then.set("subsets", wanted.get("subsets"));
        boolean sameLabels = Json.strings(wanted, "metadata", "labels").entrySet().stream()
                .allMatch(label -> label.getValue().equals(there.labels().get(label.getKey())));
        return sameLabels && Arrays.equals(Json.write(now), Json.write(then));
    }

    private static ArrayNode subsets(ClusterObject service, List<Backends.Backend> backends) {
        Map<String, ObjectNode> byPorts = new TreeMap<>();
        backends.stream().limit(ADDRESS_LIMIT).forEach(backend -> {
            ObjectNode subset = byPorts.computeIfAbsent(backend.ports().toString(), ports -> Json.object());
            boolean ready = backend.pod().ready() || Backends.publishesNotReady(service);
            String list = ready ? "addresses" : "notReadyAddresses";
            ArrayNode addresses = subset.get(list) instanceof ArrayNode there ? there : subset.putArray(list);
            addresses.add(address(backend.pod()));
            if (!backend.ports().isEmpty()) {
                subset.set("ports", ports(backend.ports()));
            }
        });
        ArrayNode subsets = Json.array();
        byPorts.values().forEach(subsets::add);
        return subsets;
    }

    /** The ports of a subset; unlike in a slice, a port without a name has no such field. */
    private static ArrayNode ports(ArrayNode ports) {
        ArrayNode copy = ports.deepCopy();
        copy.forEach(port -> {
            if (port.path("name").asString("").isEmpty() && port instanceof ObjectNode object) {
                object.remove("name");
            }
        });
        return copy;
    }

    private static ObjectNode address(Pod pod) {
        ObjectNode address = Json.object().put("ip", pod.ip());
        if (!pod.nodeName().isEmpty()) {
            address.put("nodeName", pod.nodeName());
        }
        address.set("targetRef", Backends.targetRef(pod));
        return address;
    }
}
