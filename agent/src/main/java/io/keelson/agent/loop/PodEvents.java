package io.keelson.agent.loop;

import io.keelson.agent.loop.ControlPlane.NodeEvent;
import io.keelson.agent.pod.DesiredPod;

/** Writes the Events of one pod. */
record PodEvents(Reporter reporter, DesiredPod pod) {
    void normal(String container, String reason, String message) {
        send("Normal", container, reason, message);
    }

    void warning(String container, String reason, String message) {
        send("Warning", container, reason, message);
    }

    /** {@code container} may be empty: the event is then about the pod as a whole. */
    private void send(String type, String container, String reason, String message) {
        var id = pod.id();
        boolean init = pod.initContainers().stream().anyMatch(c -> container.equals(c.getName()));
        var path = container.isEmpty() ? "" : (init ? "spec.initContainers{" : "spec.containers{") + container + "}";
        reporter.event(new NodeEvent("Pod", id.namespace(), id.name(), id.uid(), type, reason, message, path));
    }
}
