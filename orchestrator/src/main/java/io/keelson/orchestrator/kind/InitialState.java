package io.keelson.orchestrator.kind;

import tools.jackson.databind.node.ObjectNode;

/** What the system says about new objects of some kinds. */
public final class InitialState {

    /** In {@code spec.finalizers} of a namespace until it is empty. */
    public static final String NAMESPACE_FINALIZER = "kubernetes";

    private InitialState() {}

    static void pod(ObjectNode pod) {
        Json.child(pod, "status").put("phase", "Pending");
    }

    static void namespace(ObjectNode namespace) {
        Json.child(namespace, "spec").putArray("finalizers").add(NAMESPACE_FINALIZER);
        Json.child(namespace, "status").put("phase", "Active");
    }

    static void service(ObjectNode service) {
        Json.child(Json.child(service, "status"), "loadBalancer");
    }
}
