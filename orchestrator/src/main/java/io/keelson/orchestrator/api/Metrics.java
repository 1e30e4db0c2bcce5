package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.MetricsKinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.select.LabelSelector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What nodes and pods use, as the objects of {@code metrics.k8s.io/v1beta1}. Nothing is stored: each question asks the nodes. */
public final class Metrics {

    /** Group and version of the objects. */
    public static final String API_VERSION = MetricsKinds.GROUP + "/" + MetricsKinds.VERSION;

    private final Api api;
    private final NodeUsage usage;

    /** Of the nodes and pods that an API knows. */
    public Metrics(Api api, NodeUsage usage) {
        this.api = api;
        this.usage = usage;
    }

    /** Of all nodes with these labels that answer. */
    public ObjectNode nodes(LabelSelector labels) throws InterruptedException {
        List<ObjectNode> nodes =
                api.list(ListQuery.all(Kinds.NODE).withLabels(labels)).items();
        Map<String, ObjectNode> measured = ask(nodes.stream().map(Metrics::name).toList());
        ObjectNode list = list("NodeMetricsList");
        for (ObjectNode node : nodes) {
            Optional.ofNullable(measured.get(name(node)))
                    .flatMap(answer -> ofNode(node, answer))
                    .ifPresent(list.withArray("items")::add);
        }
        return list;
    }

    /**
     * Of one node.
     *
     * @throws ApiException NOT_FOUND if there is no such node, or it has not been measured yet; as {@link NodeUsage#usage} if it is away
     */
    public ObjectNode node(String name) throws InterruptedException {
        ObjectNode node = api.get(new Ref(Kinds.NODE, "", name)).object();
        return ofNode(node, usage.usage(name)).orElseThrow(() -> unknown("nodemetrics", name));
    }

    /**
     * Of the pods with these labels whose nodes answer.
     *
     * @param namespace empty for all
     */
    public ObjectNode pods(String namespace, LabelSelector labels) throws InterruptedException {
        List<ObjectNode> pods =
                api.list(ListQuery.in(Kinds.POD, namespace).withLabels(labels)).items();
        Map<String, ObjectNode> measured = ask(pods.stream()
                .map(Metrics::nodeOf)
                .filter(node -> !node.isEmpty())
                .distinct()
                .toList());
        ObjectNode list = list("PodMetricsList");
        for (ObjectNode pod : pods) {
            Optional.ofNullable(measured.get(nodeOf(pod)))
                    .flatMap(answer -> ofPod(pod, answer))
                    .ifPresent(list.withArray("items")::add);
        }
        return list;
    }

    /** Of one pod; fails as {@link #node}. */
    public ObjectNode pod(String namespace, String name) throws InterruptedException {
        ObjectNode pod = api.get(new Ref(Kinds.POD, namespace, name)).object();
        String node = nodeOf(pod);
        if (node.isEmpty()) {
            throw unknown("podmetrics", namespace + "/" + name);
        }
        return ofPod(pod, usage.usage(node)).orElseThrow(() -> unknown("podmetrics", namespace + "/" + name));
    }

    private static ApiException unknown(String resource, String name) {
        return new ApiException(Reason.NOT_FOUND, resource + ".metrics.k8s.io \"" + name + "\" not found");
    }

    /** Asks nodes at once; those that do not answer are left out. */
    private Map<String, ObjectNode> ask(List<String> nodes) throws InterruptedException {
        Map<String, ObjectNode> answers = new HashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<ObjectNode>> questions = new ArrayList<>();
            nodes.forEach(node -> questions.add(() -> usage.usage(node)));
            List<Future<ObjectNode>> asked = threads.invokeAll(questions);
            for (int i = 0; i < nodes.size(); i++) {
                try {
                    answers.put(nodes.get(i), asked.get(i).get());
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof ApiException)) {
                        throw new IllegalStateException(e.getCause());
                    }
                }
            }
        }
        return answers;
    }

    private static ObjectNode list(String kind) {
        ObjectNode list = Json.object().put("kind", kind).put("apiVersion", API_VERSION);
        list.putObject("metadata");
        list.putArray("items");
        return list;
    }

    private static Optional<ObjectNode> ofNode(ObjectNode node, ObjectNode answer) {
        return Json.at(answer, "node").map(ObjectNode.class::cast).map(rate -> {
            ObjectNode metrics = metrics("NodeMetrics", node, rate);
            metrics.set("usage", usage(rate));
            return metrics;
        });
    }

    private static Optional<ObjectNode> ofPod(ObjectNode pod, ObjectNode answer) {
        String uid = Json.string(pod, "metadata", "uid").orElse("");
        List<ObjectNode> rates = Json.items(answer, "containers").stream()
                .map(ObjectNode.class::cast)
                .filter(rate -> Json.string(rate, "uid").orElse("").equals(uid))
                .toList();
        if (rates.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode metrics = metrics("PodMetrics", pod, rates.getFirst());
        ArrayNode containers = metrics.putArray("containers");
        for (ObjectNode rate : rates) {
            containers
                    .addObject()
                    .put("name", Json.string(rate, "name").orElse(""))
                    .set("usage", usage(rate));
        }
        return Optional.of(metrics);
    }

    private static ObjectNode metrics(String kind, ObjectNode of, ObjectNode rate) {
        ObjectNode metrics = Json.object().put("kind", kind).put("apiVersion", API_VERSION);
        ObjectNode metadata = metrics.putObject("metadata").put("name", name(of));
        Json.string(of, "metadata", "namespace").ifPresent(namespace -> metadata.put("namespace", namespace));
        Json.at(of, "metadata", "labels").ifPresent(labels -> metadata.set("labels", labels.deepCopy()));
        String timestamp = Json.string(rate, "timestamp").orElse("");
        metadata.put("creationTimestamp", seconds(timestamp));
        metrics.put("timestamp", seconds(timestamp));
        metrics.put(
                "window",
                MetricsKinds.duration(Json.number(rate, "windowMillis").orElse(0L)));
        return metrics;
    }

    /** Kubernetes' times of objects have no fractions. */
    private static String seconds(String timestamp) {
        return timestamp.replaceFirst("\\.[0-9]+Z$", "Z");
    }

    private static ObjectNode usage(ObjectNode rate) {
        return Json.object()
                .put("cpu", MetricsKinds.cores(Json.number(rate, "nanocores").orElse(0L)))
                .put(
                        "memory",
                        MetricsKinds.bytes(Json.number(rate, "memoryBytes").orElse(0L)));
    }

    private static String name(ObjectNode object) {
        return Json.string(object, "metadata", "name").orElse("");
    }

    private static String nodeOf(ObjectNode pod) {
        return Json.string(pod, "spec", "nodeName").orElse("");
    }
}
