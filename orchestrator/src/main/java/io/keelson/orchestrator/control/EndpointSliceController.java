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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells who is behind a service in slices of at most {@link #SLICE_LIMIT} endpoints. An endpoint stays in the slice where it is, so that a
 * change of one pod rewrites one slice.
 */
public final class EndpointSliceController implements Controller {

    /** Endpoints in one slice at most; more make another slice. */
    static final int SLICE_LIMIT = 100;

    static final String SERVICE_NAME = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    static final String MANAGER = "endpointslice-controller.k8s.io";

    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final int SUFFIX_LENGTH = 5;

    @Override
    public String name() {
        return "endpointslice-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.ENDPOINT_SLICE)) {
            return managed(change.newest())
                    ? Stream.of(new Ref(
                            Kinds.SERVICE,
                            change.ref().namespace(),
                            change.newest().labels().getOrDefault(SERVICE_NAME, "")))
                    : Stream.of();
        }
        return Backends.touched(change, cluster);
    }

    private static boolean managed(ClusterObject slice) {
        return MANAGER.equals(slice.labels().get(MANAGED_BY))
                && !slice.labels().getOrDefault(SERVICE_NAME, "").isEmpty();
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        List<ClusterObject> slices = cluster.in(Kinds.ENDPOINT_SLICE, ref.namespace()).stream()
                .filter(slice ->
                        managed(slice) && ref.name().equals(slice.labels().get(SERVICE_NAME)))
                .filter(slice -> !slice.terminating())
                .toList();
        Optional<ClusterObject> service = cluster.get(ref).filter(object -> !object.terminating());
        if (service.isEmpty()) {
            return slices.stream().map(EndpointSliceController::delete).toList();
        }
        return Backends.selector(service.get())
                .map(selector -> reconcile(cluster, service.get(), selector, slices))
                .orElse(List.of());
    }

    private static List<Action> reconcile(
            Cluster cluster, ClusterObject service, LabelSelector selector, List<ClusterObject> slices) {
        // Pods that have a named port at different numbers cannot share a slice.
        Map<String, Group> groups = new TreeMap<>();
        for (Backends.Backend backend : Backends.of(cluster, service, selector)) {
            groups.computeIfAbsent(text(backend.ports()), ports -> new Group(backend.ports()))
                    .add(cluster, service, backend.pod());
        }
        if (groups.isEmpty()) {
            // One empty slice says "nobody", which differs from "not known yet".
            ArrayNode ports = slices.stream()
                    .findFirst()
                    .map(slice -> (ArrayNode) Json.at(slice.json(), "ports")
                            .filter(JsonNode::isArray)
                            .orElse(Json.array()))
                    .orElse(Json.array());
            groups.put(text(ports), new Group(ports));
        }
        // First every slice keeps what it has, and only then gaps are filled: else endpoints would wander from slice to
        // slice.
        for (ClusterObject slice : slices) {
            group(groups, slice).ifPresent(group -> group.keep(slice));
        }
        List<Action> actions = new ArrayList<>();
        for (ClusterObject slice : slices) {
            group(groups, slice)
                    .flatMap(group -> group.filled(slice))
                    .ifPresentOrElse(
                            kept -> replaceIfNew(service, slice, kept).ifPresent(actions::add),
                            () -> actions.add(delete(slice)));
        }
        groups.values().forEach(group -> actions.addAll(group.creates(cluster, service)));
        return actions;
    }

    private static Optional<Group> group(Map<String, Group> groups, ClusterObject slice) {
        return Optional.ofNullable(
                groups.get(text(Json.at(slice.json(), "ports").orElse(Json.array()))));
    }

    private static String text(JsonNode ports) {
        ObjectNode wrapped = Json.object();
        wrapped.set("ports", ports);
        return Json.text(wrapped);
    }

    private static Action delete(ClusterObject slice) {
        return new Action.Delete(slice.ref(), slice.uid(), Optional.<Duration>empty(), Action.Propagation.BACKGROUND);
    }

    private static Optional<Action> replaceIfNew(ClusterObject service, ClusterObject slice, ArrayNode endpoints) {
        ObjectNode wanted = Json.object();
        wanted.set("endpoints", endpoints);
        ObjectNode labels = labels(service);
        ObjectNode there = Json.object();
        there.set("endpoints", Json.at(slice.json(), "endpoints").orElse(Json.array()));
        boolean sameLabels = labels.properties().stream()
                .allMatch(label ->
                        label.getValue().asString("").equals(slice.labels().get(label.getKey())));
        if (sameLabels && Arrays.equals(Json.write(wanted), Json.write(there))) {
            return Optional.empty();
        }
        wanted.putObject("metadata").set("labels", labels);
        return Optional.of(new Action.Patch(slice.ref(), slice.revision(), wanted));
    }

    private static ObjectNode labels(ClusterObject service) {
        ObjectNode labels = Json.object();
        new TreeMap<>(service.labels()).forEach(labels::put);
        labels.put(SERVICE_NAME, service.name()).put(MANAGED_BY, MANAGER);
        if (service.at("spec", "clusterIP").asString("").equals("None")) {
            labels.put("service.kubernetes.io/headless", "");
        }
        return labels;
    }

    private static ObjectNode endpoint(Cluster cluster, ClusterObject service, Pod pod) {
        boolean terminating = pod.object().terminating();
        ObjectNode endpoint = Json.object();
        endpoint.putArray("addresses").add(pod.ip());
        endpoint.putObject("conditions")
                .put("ready", Backends.publishesNotReady(service) || (pod.ready() && !terminating))
                .put("serving", pod.ready())
                .put("terminating", terminating);
        if (!pod.nodeName().isEmpty()) {
            endpoint.put("nodeName", pod.nodeName());
            cluster.get(new Ref(Kinds.NODE, "", pod.nodeName()))
                    .flatMap(node -> Optional.ofNullable(node.labels().get(ZONE)))
                    .ifPresent(zone -> endpoint.put("zone", zone));
        }
        Json.string(pod.object().json(), "spec", "hostname")
                .filter(name -> service.name()
                        .equals(Json.string(pod.object().json(), "spec", "subdomain")
                                .orElse("")))
                .ifPresent(name -> endpoint.put("hostname", name));
        endpoint.set("targetRef", Backends.targetRef(pod));
        return endpoint;
    }

    /** Endpoints with equal ports that have yet to find their slice, by the uid of their pod. */
    private static final class Group {

        private final ArrayNode ports;
        private final Map<String, ObjectNode> waiting = new LinkedHashMap<>();
        private final Map<String, List<ObjectNode>> keeping = new HashMap<>();
        private boolean kept;

        Group(ArrayNode ports) {
            this.ports = ports;
        }

        void add(Cluster cluster, ClusterObject service, Pod pod) {
            waiting.put(pod.object().uid(), endpoint(cluster, service, pod));
        }

        /** An existing slice keeps those of its endpoints that are still there. */
        void keep(ClusterObject slice) {
            List<ObjectNode> mine = new ArrayList<>();
            for (JsonNode endpoint : Json.items(slice.json(), "endpoints")) {
                String uid = endpoint.path("targetRef").path("uid").asString("");
                Optional.ofNullable(waiting.remove(uid)).ifPresent(mine::add);
            }
            keeping.put(slice.name(), mine);
        }

        /** What an existing slice shall hold: what it keeps, then new ones; empty if it is not needed. */
        Optional<ArrayNode> filled(ClusterObject slice) {
            List<ObjectNode> endpoints = keeping.getOrDefault(slice.name(), new ArrayList<>());
            fill(endpoints);
            if (endpoints.isEmpty() && kept) {
                return Optional.empty();
            }
            kept = true;
            return Optional.of(list(endpoints));
        }

        private void fill(List<ObjectNode> endpoints) {
            Iterator<ObjectNode> next = waiting.values().iterator();
            while (endpoints.size() < SLICE_LIMIT && next.hasNext()) {
                endpoints.add(next.next());
                next.remove();
            }
        }

        private static ArrayNode list(List<ObjectNode> endpoints) {
            ArrayNode list = Json.array();
            endpoints.stream()
                    .sorted(Comparator.comparing(
                            endpoint -> endpoint.path("targetRef").path("name").asString("")))
                    .forEach(list::add);
            return list;
        }

        List<Action> creates(Cluster cluster, ClusterObject service) {
            List<Action> creates = new ArrayList<>();
            for (int number = 0; !waiting.isEmpty() || !kept; number++) {
                Ref ref = new Ref(
                        Kinds.ENDPOINT_SLICE,
                        service.namespace(),
                        service.name() + "-" + NameHash.of(SUFFIX_LENGTH, service.uid(), text(ports), number));
                if (cluster.get(ref).isPresent()) {
                    continue;
                }
                List<ObjectNode> endpoints = new ArrayList<>();
                fill(endpoints);
                kept = true;
                creates.add(new Action.Create(
                        ref, slice(ref, service, endpoints), Optional.of(Action.Condition.Exists.of(service))));
            }
            return creates;
        }

        private ObjectNode slice(Ref ref, ClusterObject service, List<ObjectNode> endpoints) {
            ObjectNode slice = Json.object()
                    .put("apiVersion", Kinds.ENDPOINT_SLICE.apiVersion())
                    .put("kind", Kinds.ENDPOINT_SLICE.kind());
            ObjectNode metadata =
                    slice.putObject("metadata").put("name", ref.name()).put("namespace", ref.namespace());
            metadata.set("labels", labels(service));
            metadata.putArray("ownerReferences").add(Owners.reference(service));
            slice.put("addressType", "IPv4");
            slice.set("endpoints", list(endpoints));
            slice.set("ports", ports.deepCopy());
            return slice;
        }
    }
}
