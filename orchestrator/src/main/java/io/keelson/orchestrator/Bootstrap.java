package io.keelson.orchestrator;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.auth.DefaultRoles;
import io.keelson.orchestrator.flow.DefaultFlows;
import io.keelson.orchestrator.flow.Flows;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Cidr;
import io.keelson.orchestrator.registry.Reason;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The objects that every cluster has. Each server makes sure of them when it starts; that they are there already is well. */
final class Bootstrap {

    private static final List<String> NAMESPACES = List.of("default", "kube-system", "kube-public", "kube-node-lease");
    private static final String SERVICE = "kubernetes";
    private static final int SERVICE_PORT = 443;

    private final Api api;
    private final List<URI> endpoints;

    Bootstrap(Api api, List<String> apiEndpoints) {
        this.api = api;
        this.endpoints = apiEndpoints.stream()
                .map(endpoint -> URI.create("https://" + endpoint))
                .toList();
    }

    void run() {
        for (String name : NAMESPACES) {
            ObjectNode namespace = object(Kinds.NAMESPACE, "", name);
            Json.child(Json.child(namespace, "metadata"), "labels").put("kubernetes.io/metadata.name", name);
            ensure(Kinds.NAMESPACE, "", namespace);
        }
        DefaultRoles.clusterRoles().forEach(role -> reconcile(Kinds.CLUSTER_ROLE, role));
        DefaultRoles.clusterRoleBindings().forEach(binding -> reconcile(Kinds.CLUSTER_ROLE_BINDING, binding));
        DefaultFlows.levels().forEach(level -> ensure(kind("PriorityLevelConfiguration"), "", level));
        DefaultFlows.schemas().forEach(schema -> ensure(kind("FlowSchema"), "", schema));
        ensure(Kinds.SERVICE, "default", service());
        if (!endpoints.isEmpty()) {
            replace(Kinds.ENDPOINTS, endpointsObject());
            replace(Kinds.ENDPOINT_SLICE, slice());
        }
    }

    private Kind kind(String flowControl) {
        return api.kinds().byApiVersion(Flows.GROUP + "/v1", flowControl).orElseThrow();
    }

    private static ObjectNode object(Kind kind, String namespace, String name) {
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        ObjectNode metadata = Json.child(object, "metadata").put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        return object;
    }

    private static WriteOptions options() {
        return WriteOptions.by(User.CONTROL_PLANE);
    }

    private void ensure(Kind kind, String namespace, ObjectNode object) {
        try {
            api.create(kind, namespace, object, options());
        } catch (ApiException e) {
            if (e.reason() != Reason.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    /** What a default role or binding lacks is put there again. */
    private void reconcile(Kind kind, ObjectNode wanted) {
        Ref ref = new Ref(kind, "", Json.string(wanted, "metadata", "name").orElseThrow());
        Optional<Stored> live = api.find(ref);
        if (live.isEmpty()) {
            ensure(kind, "", wanted);
        } else {
            DefaultRoles.reconciled(live.get().object(), wanted)
                    .ifPresent(object -> api.update(ref, "", object, options()));
        }
    }

    private void replace(Kind kind, ObjectNode object) {
        ensure(kind, "default", object);
        api.update(new Ref(kind, "default", SERVICE), "", object, options());
    }

    /** At the first address of the range, where programs in pods look for it. */
    private ObjectNode service() {
        Cidr services = api.addresses().services();
        ObjectNode service = object(Kinds.SERVICE, "default", SERVICE);
        labels(service).put("component", "apiserver").put("provider", SERVICE);
        ObjectNode spec =
                Json.child(service, "spec").put("type", "ClusterIP").put("clusterIP", Cidr.address(services.at(1)));
        spec.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("protocol", "TCP")
                .put("port", SERVICE_PORT)
                .put(
                        "targetPort",
                        endpoints.isEmpty() ? 6443 : endpoints.getFirst().getPort());
        return service;
    }

    private static ObjectNode labels(ObjectNode object) {
        return Json.child(Json.child(object, "metadata"), "labels");
    }

    private ObjectNode endpointsObject() {
        ObjectNode object = object(Kinds.ENDPOINTS, "default", SERVICE);
        labels(object).put("endpointslice.kubernetes.io/skip-mirror", "true");
        ArrayNode subsets = object.putArray("subsets");
        for (URI endpoint : endpoints) {
            ObjectNode subset = subsets.addObject();
            subset.putArray("addresses").addObject().put("ip", endpoint.getHost());
            subset.putArray("ports")
                    .addObject()
                    .put("name", "https")
                    .put("port", endpoint.getPort())
                    .put("protocol", "TCP");
        }
        return object;
    }

    /** All servers share one port, or the slice shows those that have the first one's. */
    private ObjectNode slice() {
        int port = endpoints.getFirst().getPort();
        ObjectNode object = object(Kinds.ENDPOINT_SLICE, "default", SERVICE);
        labels(object).put("kubernetes.io/service-name", SERVICE);
        object.put("addressType", "IPv4");
        ArrayNode addresses = object.putArray("endpoints");
        for (URI endpoint : endpoints) {
            if (endpoint.getPort() == port) {
                ObjectNode entry = addresses.addObject();
                entry.putArray("addresses").add(endpoint.getHost());
                Json.child(entry, "conditions").put("ready", true);
            }
        }
        object.putArray("ports")
                .addObject()
                .put("name", "https")
                .put("port", port)
                .put("protocol", "TCP");
        return object;
    }
}
