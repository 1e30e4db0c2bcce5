package io.keelson.orchestrator.kind;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a table says about a pod: the STATUS text goes from the phase through the reasons of init containers and containers to
 * the deletion, and the last that has something to say wins.
 *
 * @param ready containers that are ready
 * @param total containers, with those init containers that go on running
 * @param status the text
 * @param restarts restarts in all, with the time since the last: {@code 3 (5m ago)}
 */
public record PodStatusText(int ready, int total, String status, String restarts) {

    /** What the table says about this pod. */
    public static PodStatusText of(ObjectNode pod, Instant now) {
        return new Reading(pod).text(now);
    }

    private static final class Reading {

        private final ObjectNode pod;
        private final List<JsonNode> initContainers;
        private String reason;
        private int ready;
        private int total;
        private long restarts;
        private Optional<Instant> lastRestart = Optional.empty();

        Reading(ObjectNode pod) {
            this.pod = pod;
            this.initContainers = Json.items(pod, "spec", "initContainers");
            this.total = Json.items(pod, "spec", "containers").size()
                    + (int) initContainers.stream()
                            .filter(Reading::keepsRunning)
                            .count();
            this.reason = Json.string(pod, "status", "reason")
                    .filter(text -> !text.isEmpty())
                    .or(() -> Json.string(pod, "status", "phase"))
                    .orElse("");
        }

        PodStatusText text(Instant now) {
            if (condition("PodScheduled")
                    .filter(each -> each.path("reason").asString("").equals("SchedulingGated"))
                    .isPresent()) {
                reason = "SchedulingGated";
            }
            boolean initializing = initContainers();
            if (!initializing || isTrue("Initialized")) {
                containers();
            }
            deletion();
            String ago = restarts == 0
                    ? ""
                    : lastRestart
                            .map(then -> " (" + Age.of(Duration.between(then, now)) + " ago)")
                            .orElse("");
            return new PodStatusText(ready, total, reason, restarts + ago);
        }

        /** Whether an init container keeps the pod from starting. */
        private boolean initContainers() {
            List<JsonNode> statuses = Json.items(pod, "status", "initContainerStatuses");
            for (int i = 0; i < statuses.size(); i++) {
                JsonNode status = statuses.get(i);
                count(status);
                Optional<JsonNode> terminated = Json.at(status, "state", "terminated");
                Optional<String> waiting = Json.string(status, "state", "waiting", "reason")
                        .filter(text -> !text.isEmpty() && !text.equals("PodInitializing"));
                if (terminated.filter(end -> end.path("exitCode").asInt(0) == 0).isPresent()) {
                    continue;
                }
                if (isSidecar(status) && status.path("started").asBoolean(false)) {
                    ready += status.path("ready").asBoolean(false) ? 1 : 0;
                    continue;
                }
                if (terminated.isPresent()) {
                    reason = "Init:" + end(terminated.get());
                } else if (waiting.isPresent()) {
                    reason = "Init:" + waiting.get();
                } else {
                    reason = "Init:" + i + "/" + initContainers.size();
                }
                return true;
            }
            return false;
        }

        private void containers() {
            restarts = 0;
            lastRestart = Optional.empty();
            Json.items(pod, "status", "initContainerStatuses").stream()
                    .filter(this::isSidecar)
                    .forEach(this::count);
            boolean running = false;
            for (JsonNode status : new ArrayList<>(Json.items(pod, "status", "containerStatuses")).reversed()) {
                count(status);
                Optional<String> waiting =
                        Json.string(status, "state", "waiting", "reason").filter(text -> !text.isEmpty());
                Optional<JsonNode> terminated = Json.at(status, "state", "terminated");
                if (waiting.isPresent()) {
                    reason = waiting.get();
                } else if (terminated.isPresent()) {
                    reason = end(terminated.get());
                } else if (status.path("ready").asBoolean(false)
                        && Json.at(status, "state", "running").isPresent()) {
                    running = true;
                    ready++;
                }
            }
            if (reason.equals("Completed") && running) {
                reason = isTrue("Ready") ? "Running" : "NotReady";
            }
        }

        private void deletion() {
            if (Json.string(pod, "metadata", "deletionTimestamp").isEmpty()) {
                return;
            }
            String phase = Json.string(pod, "status", "phase").orElse("");
            if (Json.string(pod, "status", "reason").orElse("").equals("NodeLost")) {
                reason = "Unknown";
            } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
                reason = "Terminating";
            }
        }

        private void count(JsonNode status) {
            restarts += status.path("restartCount").asInt(0);
            Age.time(status, "lastState", "terminated", "finishedAt")
                    .filter(time -> lastRestart.map(time::isAfter).orElse(true))
                    .ifPresent(time -> lastRestart = Optional.of(time));
        }

        private static String end(JsonNode terminated) {
            String why = terminated.path("reason").asString("");
            if (!why.isEmpty()) {
                return why;
            }
            int signal = terminated.path("signal").asInt(0);
            return signal != 0
                    ? "Signal:" + signal
                    : "ExitCode:" + terminated.path("exitCode").asInt(0);
        }

        private static boolean keepsRunning(JsonNode initContainer) {
            return initContainer.path("restartPolicy").asString("").equals("Always");
        }

        private boolean isSidecar(JsonNode status) {
            return initContainers.stream()
                    .anyMatch(each -> keepsRunning(each) && each.path("name").equals(status.path("name")));
        }

        private Optional<JsonNode> condition(String type) {
            return Json.items(pod, "status", "conditions").stream()
                    .filter(each -> each.path("type").asString("").equals(type))
                    .findFirst();
        }

        private boolean isTrue(String type) {
            return condition(type)
                    .filter(each -> each.path("status").asString("").equals("True"))
                    .isPresent();
        }
    }
}
