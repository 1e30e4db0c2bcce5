package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Metrics;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MetricsKinds;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.select.SelectorException;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The group {@code metrics.k8s.io}: its objects are no kinds of the table, for they are not stored, and come from nodes. */
final class MetricsDoor {

    static final String GROUP = MetricsKinds.GROUP;
    static final String VERSION = MetricsKinds.VERSION;

    private final Metrics metrics;
    private final InstantSource clock;

    MetricsDoor(Metrics metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    /**
     * Answers a request for objects of the group.
     *
     * @param steps what comes after the version in the path
     */
    void serve(Exchange exchange, String version, List<String> steps) throws InterruptedException {
        if (!version.equals(VERSION)) {
            throw Target.notFound();
        }
        if (!exchange.method().equals("GET")) {
            throw new ApiException(
                    Reason.METHOD_NOT_ALLOWED, "the server does not allow this method on the requested resource");
        }
        Kind kind = steps.getFirst().equals("nodes") ? MetricsKinds.NODE : MetricsKinds.POD;
        Objects.Form form = Objects.Form.of(exchange, kind);
        ObjectNode answer = answer(exchange, steps);
        exchange.reply(200, form.representation() == Representation.TABLE ? table(kind, answer, form) : answer);
    }

    private ObjectNode table(Kind kind, ObjectNode answer, Objects.Form form) {
        List<ObjectNode> objects = answer.path("kind").asString("").endsWith("List")
                ? Json.items(answer, "items").stream()
                        .map(ObjectNode.class::cast)
                        .toList()
                : List.of(answer);
        return Tables.table(kind, objects, clock.instant(), form.include());
    }

    private ObjectNode answer(Exchange exchange, List<String> steps) throws InterruptedException {
        if (steps.getFirst().equals("nodes") && steps.size() <= 2) {
            return steps.size() == 1 ? metrics.nodes(labels(exchange)) : metrics.node(steps.get(1));
        }
        if (steps.equals(List.of("pods"))) {
            return metrics.pods("", labels(exchange));
        }
        boolean inNamespace = steps.getFirst().equals("namespaces")
                && steps.size() >= 3
                && steps.get(2).equals("pods");
        if (inNamespace && steps.size() <= 4) {
            return steps.size() == 3
                    ? metrics.pods(steps.get(1), labels(exchange))
                    : metrics.pod(steps.get(1), steps.get(3));
        }
        throw Target.notFound();
    }

    private static LabelSelector labels(Exchange exchange) {
        try {
            return LabelSelector.parse(exchange.query().text("labelSelector"));
        } catch (SelectorException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** {@code /apis/metrics.k8s.io}, and what stands for it in the list of groups. */
    static ObjectNode group() {
        ObjectNode group = Json.object().put("name", GROUP);
        ObjectNode version =
                Json.object().put("groupVersion", GROUP + "/" + VERSION).put("version", VERSION);
        group.putArray("versions").add(version);
        group.set("preferredVersion", version.deepCopy());
        return group;
    }

    /** {@code /apis/metrics.k8s.io/v1beta1}. */
    static ObjectNode resources() {
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", GROUP + "/" + VERSION);
        ArrayNode resources = list.putArray("resources");
        resource(resources.addObject().put("name", "nodes").put("singularName", ""), false, "NodeMetrics");
        resource(resources.addObject().put("name", "pods").put("singularName", ""), true, "PodMetrics");
        return list;
    }

    private static void resource(ObjectNode into, boolean namespaced, String kind) {
        into.put("namespaced", namespaced)
                .put("kind", kind)
                .putArray("verbs")
                .add("get")
                .add("list");
    }

    /** The group in aggregated discovery. */
    static ObjectNode aggregated() {
        ObjectNode item = Json.object();
        item.putObject("metadata").put("name", GROUP);
        ObjectNode version = item.putArray("versions").addObject().put("version", VERSION);
        ArrayNode resources = version.putArray("resources");
        aggregated(resources.addObject().put("resource", "nodes"), "Cluster", "NodeMetrics");
        aggregated(resources.addObject().put("resource", "pods"), "Namespaced", "PodMetrics");
        version.put("freshness", "Current");
        return item;
    }

    private static void aggregated(ObjectNode into, String scope, String kind) {
        into.putObject("responseKind")
                .put("group", GROUP)
                .put("version", VERSION)
                .put("kind", kind);
        into.put("scope", scope)
                .put("singularResource", "")
                .putArray("verbs")
                .add("get")
                .add("list");
    }
}
