package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a pod's containers say of themselves. */
final class Containers {

    private static final int KILLED = 137;

    private Containers() {}

    /** The first container that holds the pod back; init containers come first, as they run. */
    static Optional<Explanation> explain(ClusterObject pod) {
        for (JsonNode status : statuses(pod)) {
            Optional<Explanation> found = one(pod, status);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /** The first container that ended badly. */
    static Optional<Explanation> ended(ClusterObject pod) {
        return statuses(pod).stream()
                .filter(status ->
                        status.path("state").path("terminated").path("exitCode").asInt(0) != 0)
                .findFirst()
                .map(status -> ended(pod, status, status.path("state").path("terminated"), "and is not started again"));
    }

    private static List<JsonNode> statuses(ClusterObject pod) {
        List<JsonNode> all = new ArrayList<>(Json.items(pod.json(), "status", "initContainerStatuses"));
        all.addAll(Json.items(pod.json(), "status", "containerStatuses"));
        return all;
    }

    private static Optional<Explanation> one(ClusterObject pod, JsonNode status) {
        JsonNode state = status.path("state");
        if (state.has("waiting")) {
            return waiting(pod, status, state.path("waiting"));
        }
        JsonNode terminated = state.path("terminated");
        if (terminated.path("exitCode").asInt(0) != 0) {
            return Optional.of(ended(pod, status, terminated, "and is not started again"));
        }
        if (state.has("running") && !status.path("ready").asBoolean(false)) {
            return notReady(pod, status);
        }
        return Optional.empty();
    }

    private static Optional<Explanation> waiting(ClusterObject pod, JsonNode status, JsonNode waiting) {
        String name = status.path("name").asString("");
        String image = status.path("image").asString("");
        String reason = waiting.path("reason").asString("");
        return switch (reason) {
            case "ErrImagePull", "ImagePullBackOff", "RegistryUnavailable" ->
                Optional.of(
                        Explanation.stuck(
                                pod.ref(),
                                reason,
                                container(pod, name) + " cannot start: its image " + image + " cannot be fetched"
                                        + Words.because(waiting) + ".",
                                "Mend the name or tag of the image, make it reachable for the node, or give the pod imagePullSecrets."));
            case "InvalidImageName" ->
                Optional.of(Explanation.stuck(
                        pod.ref(),
                        reason,
                        container(pod, name) + " cannot start: \"" + image + "\" is no name of an image.",
                        "Mend spec.containers[name=" + name + "].image."));
            case "ErrImageNeverPull" ->
                Optional.of(Explanation.stuck(
                        pod.ref(),
                        reason,
                        container(pod, name) + " cannot start: the image " + image
                                + " is not on the node, and imagePullPolicy is Never.",
                        "Bring the image to the node, or allow it to be fetched: imagePullPolicy IfNotPresent."));
            case "CreateContainerConfigError" ->
                Optional.of(Explanation.stuck(
                        pod.ref(),
                        reason,
                        container(pod, name) + " cannot be configured" + Words.because(waiting) + ".",
                        "Create what is missing, or mend what refers to it."));
            case "CrashLoopBackOff" -> {
                JsonNode last = status.path("lastState").path("terminated");
                yield Optional.of(ended(
                        pod,
                        status,
                        last,
                        "again and again ("
                                + Words.count(status.path("restartCount").asLong(0), "restart") + ")"));
            }
            case "", "ContainerCreating", "PodInitializing" -> Optional.empty();
            default ->
                Optional.of(Explanation.stuck(
                        pod.ref(),
                        reason,
                        container(pod, name) + " cannot start, " + reason + Words.because(waiting) + ".",
                        "Mend what the message names."));
        };
    }

    private static Explanation ended(ClusterObject pod, JsonNode status, JsonNode terminated, String how) {
        String name = status.path("name").asString("");
        int code = terminated.path("exitCode").asInt(0);
        String reason = terminated.path("reason").asString("");
        if (reason.equals("OOMKilled")) {
            return Explanation.stuck(
                    pod.ref(),
                    "OOMKilled",
                    container(pod, name) + " was killed because it used more memory than its limit, " + how + ".",
                    "Raise resources.limits.memory of container " + name + ", or make it use less.");
        }
        String command = "keelson logs " + pod.name() + " -c " + name;
        if (code == 0) {
            return Explanation.stuck(
                    pod.ref(),
                    "ends",
                    container(pod, name) + " ends with exit code 0, " + how + ": it does not stay.",
                    "Its program has to keep running, or belongs in a Job; see " + command + ".");
        }
        return Explanation.stuck(
                pod.ref(),
                "exit code " + code,
                container(pod, name) + " ends with exit code " + code + (code == KILLED ? " (killed)" : "") + ", " + how
                        + Words.because(onlyMessage(terminated)) + ".",
                "Its log says why: " + command + ".");
    }

    private static JsonNode onlyMessage(JsonNode terminated) {
        return Json.object().put("message", terminated.path("message").asString(""));
    }

    private static Optional<Explanation> notReady(ClusterObject pod, JsonNode status) {
        String name = status.path("name").asString("");
        JsonNode wish = Json.items(pod.json(), "spec", "containers").stream()
                .filter(container -> container.path("name").asString("").equals(name))
                .findFirst()
                .orElseGet(Json::object);
        if (wish.has("startupProbe") && !status.path("started").asBoolean(false)) {
            return Optional.of(Explanation.underWay(
                    pod.ref(),
                    "is starting",
                    container(pod, name) + " runs, but its startup probe (" + probe(wish.path("startupProbe"))
                            + ") has not succeeded yet.",
                    "Its program has to answer the probe; see keelson logs " + pod.name() + " -c " + name + "."));
        }
        if (wish.has("readinessProbe")) {
            return Optional.of(Explanation.stuck(
                    pod.ref(),
                    "is not ready",
                    container(pod, name) + " runs, but its readiness probe (" + probe(wish.path("readinessProbe"))
                            + ") does not succeed.",
                    "Its program has to answer the probe, or the probe has to be mended; see keelson describe "
                            + Words.path(pod) + "."));
        }
        return Optional.empty();
    }

    /** What a probe does, in short. */
    private static String probe(JsonNode probe) {
        if (probe.has("httpGet")) {
            JsonNode get = probe.path("httpGet");
            return "GET " + get.path("path").asString("/") + " on port "
                    + get.path("port").asString("");
        }
        if (probe.has("tcpSocket")) {
            return "TCP on port " + probe.path("tcpSocket").path("port").asString("");
        }
        if (probe.has("grpc")) {
            return "gRPC health on port " + probe.path("grpc").path("port").asString("");
        }
        List<String> words = Json.items(probe, "exec", "command").stream()
                .map(word -> word.asString(""))
                .toList();
        return "command " + String.join(" ", words);
    }

    private static String container(ClusterObject pod, String name) {
        return "Container " + name + " of pod " + pod.name();
    }
}
