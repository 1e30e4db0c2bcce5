package io.keelson.orchestrator.loop;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.ObjectEvent;
import io.keelson.orchestrator.api.ObjectWatch;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WatchQuery;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Agents without containers: a pod that is bound is running and ready at once, a pod that is to end has ended at once. */
final class HollowNodes implements AutoCloseable {

    private static final WriteOptions WRITE = WriteOptions.by(User.CONTROL_PLANE);

    private final Api api;
    private final InstantSource clock;
    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    HollowNodes(Api api, InstantSource clock) {
        this.api = api;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("hollow-nodes").start(this::run);
    }

    static ObjectNode node(String name, InstantSource clock) {
        ObjectNode node = Json.object().put("apiVersion", "v1").put("kind", "Node");
        node.putObject("metadata").put("name", name).putObject("labels").put("kubernetes.io/hostname", name);
        ObjectNode status = node.putObject("status");
        ObjectNode allocatable = status.putObject("allocatable");
        allocatable.put("cpu", "4").put("memory", "8Gi").put("pods", "110").put("ephemeral-storage", "10Gi");
        status.set("capacity", allocatable.deepCopy());
        status.putArray("conditions")
                .addObject()
                .put("type", "Ready")
                .put("status", "True")
                .put("reason", "KubeletReady")
                .put("lastTransitionTime", now(clock));
        return node;
    }

    private static String now(InstantSource clock) {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** From now on nothing happens on this node. */
    void kill(String node) {
        dead.add(node);
    }

    private void run() {
        try {
            while (true) {
                try {
                    follow();
                } catch (ApiException lost) {
                    if (lost.reason() != Reason.EXPIRED) {
                        throw lost;
                    }
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() throws InterruptedException {
        try (ObjectWatch watch = api.watch(WatchQuery.all(Kinds.POD, 0))) {
            while (true) {
                for (ObjectEvent event : watch.next(Duration.ofMillis(200))) {
                    if (event.type() == ObjectEvent.Type.ADDED || event.type() == ObjectEvent.Type.MODIFIED) {
                        act(event.object().deepCopy());
                    }
                }
            }
        }
    }

    private void act(ObjectNode pod) {
        try {
            step(api, clock, dead, pod);
        } catch (ApiException superseded) {
            // A newer form of the pod is on its way, or it has gone.
            if (superseded.code() != 409 && superseded.code() != 404) {
                throw superseded;
            }
        }
    }

    /** What the agent of its node does about a pod in this form. */
    static void step(Api api, InstantSource clock, Set<String> dead, ObjectNode pod) {
        String node = Json.string(pod, "spec", "nodeName").orElse("");
        if (node.isEmpty() || dead.contains(node)) {
            return;
        }
        Ref ref = new Ref(
                Kinds.POD,
                Json.string(pod, "metadata", "namespace").orElseThrow(),
                Json.string(pod, "metadata", "name").orElseThrow());
        if (Json.at(pod, "metadata", "deletionTimestamp").isPresent()) {
            api.delete(
                    ref,
                    DeleteOptions.guarded(Json.string(pod, "metadata", "uid").orElseThrow(), java.util.List.of())
                            .withGracePeriodSeconds(0));
            return;
        }
        if (!Json.string(pod, "status", "phase").orElse("").equals("Pending")) {
            return;
        }
        ObjectNode status = Json.child(pod, "status");
        String uid = Json.string(pod, "metadata", "uid").orElseThrow();
        int number = uid.hashCode() & 0xffff;
        status.put("phase", "Running").put("podIP", "10.244." + (number >> 8) + "." + (number & 0xff));
        ArrayNode conditions =
                status.get("conditions") instanceof ArrayNode there ? there : status.putArray("conditions");
        conditions.addObject().put("type", "Ready").put("status", "True").put("lastTransitionTime", now(clock));
        api.update(ref, "status", pod, WRITE);
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException inAHurry) {
            Thread.currentThread().interrupt();
        }
    }
}
