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

    /** The label of a job's pods that its selector asks for. */
    static final String JOB_UID = "batch.kubernetes.io/controller-uid";

    /** A job selects its own pods by its uid, unless it says that its selector is its own business. */
    static void job(ObjectNode job) {
        ObjectNode spec = Json.child(job, "spec");
        if (spec.path("manualSelector").asBoolean(false)
                || !spec.path("template").isObject()) {
            return;
        }
        String uid = Json.string(job, "metadata", "uid").orElse("");
        String name = Json.string(job, "metadata", "name").orElse("");
        ObjectNode labels = Json.child(Json.child(Json.child(spec, "template"), "metadata"), "labels");
        labels.put("batch.kubernetes.io/job-name", name).put("job-name", name);
        labels.put(JOB_UID, uid).put("controller-uid", uid);
        if (!spec.has("selector")) {
            Json.child(Json.child(spec, "selector"), "matchLabels").put(JOB_UID, uid);
        }
    }
}
