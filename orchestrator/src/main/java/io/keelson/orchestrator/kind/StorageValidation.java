package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of storage.k8s.io. */
final class StorageValidation {

    private StorageValidation() {}

    static void storageClass(Optional<ObjectNode> live, ObjectNode storageClass, Causes causes) {
        if (Json.string(storageClass, "provisioner").orElse("").isEmpty()) {
            causes.required("provisioner");
        }
        causes.oneOf(storageClass, "", "reclaimPolicy", Set.of("Delete", "Retain"));
        causes.oneOf(storageClass, "", "volumeBindingMode", Set.of("Immediate", "WaitForFirstConsumer"));
        for (String field : List.of("parameters", "provisioner", "reclaimPolicy")) {
            causes.forbiddenChange(live, storageClass, "updates to " + field + " are forbidden.", field);
        }
        causes.unchanged(live, storageClass, "volumeBindingMode");
    }

    static void attributesClass(Optional<ObjectNode> live, ObjectNode attributesClass, Causes causes) {
        if (Json.string(attributesClass, "driverName").orElse("").isEmpty()) {
            causes.required("driverName");
        }
        if (attributesClass.path("parameters").isEmpty()) {
            causes.add(Cause.required("parameters", "must contain at least one key/value pair"));
        }
        for (String field : List.of("driverName", "parameters")) {
            causes.forbiddenChange(live, attributesClass, "updates to " + field + " are forbidden.", field);
        }
    }

    static void csiDriver(Optional<ObjectNode> live, ObjectNode driver, Causes causes) {
        JsonNode spec = driver.path("spec");
        causes.oneOf(spec, "spec", "fsGroupPolicy", Set.of("File", "None", "ReadWriteOnceWithFSType"));
        int i = 0;
        for (JsonNode mode : Json.items(spec, "volumeLifecycleModes")) {
            String path = "spec.volumeLifecycleModes[" + i++ + "]";
            if (!Set.of("Ephemeral", "Persistent").contains(mode.asString(""))) {
                causes.add(Cause.notSupported(path, mode.toString(), List.of("Ephemeral", "Persistent")));
            }
        }
        causes.unchanged(live, driver, "spec", "attachRequired");
        causes.unchanged(live, driver, "spec", "volumeLifecycleModes");
    }

    static void csiNode(ObjectNode node, Causes causes) {
        int i = 0;
        for (JsonNode driver : Json.items(node, "spec", "drivers")) {
            String path = "spec.drivers[" + i++ + "]";
            causes.present(driver, path, "name");
            causes.present(driver, path, "nodeID");
        }
    }

    static void capacity(Optional<ObjectNode> live, ObjectNode capacity, Causes causes) {
        if (Json.string(capacity, "storageClassName").orElse("").isEmpty()) {
            causes.required("storageClassName");
        }
        causes.unchanged(live, capacity, "nodeTopology");
        causes.unchanged(live, capacity, "storageClassName");
    }

    static void attachment(Optional<ObjectNode> live, ObjectNode attachment, Causes causes) {
        JsonNode spec = attachment.path("spec");
        causes.present(spec, "spec", "attacher");
        causes.present(spec, "spec", "nodeName");
        JsonNode source = spec.path("source");
        boolean inline = source.has("inlineVolumeSpec");
        if (inline == source.has("persistentVolumeName")) {
            causes.add(Cause.required(
                    "spec.source",
                    inline
                            ? "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
                            : "must specify one of inlineVolumeSpec and persistentVolumeName"));
        }
        causes.unchanged(live, attachment, "spec");
    }
}
