package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Defaults.absent;

import tools.jackson.databind.node.ObjectNode;

/** Default values of the kinds about storage. */
final class StorageDefaults {

    private StorageDefaults() {}

    static void volume(ObjectNode volume) {
        ObjectNode spec = Json.child(volume, "spec");
        absent(spec, "persistentVolumeReclaimPolicy", "Retain");
        absent(spec, "volumeMode", "Filesystem");
        absent(spec.path("hostPath"), "type", "");
        absent(spec.path("iscsi"), "iscsiInterface", "default");
        absent(Json.child(volume, "status"), "phase", "Pending");
    }

    static void claim(ObjectNode claim) {
        absent(Json.child(claim, "spec"), "volumeMode", "Filesystem");
        absent(Json.child(claim, "status"), "phase", "Pending");
    }

    static void storageClass(ObjectNode storageClass) {
        absent(storageClass, "reclaimPolicy", "Delete");
        absent(storageClass, "volumeBindingMode", "Immediate");
    }

    static void csiDriver(ObjectNode driver) {
        ObjectNode spec = Json.child(driver, "spec");
        absent(spec, "attachRequired", true);
        absent(spec, "podInfoOnMount", false);
        absent(spec, "storageCapacity", false);
        absent(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
        absent(spec, "requiresRepublish", false);
        absent(spec, "seLinuxMount", false);
        if (Json.items(spec, "volumeLifecycleModes").isEmpty()) {
            spec.putArray("volumeLifecycleModes").add("Persistent");
        }
    }

    static void attachment(ObjectNode attachment) {
        absent(Json.child(attachment, "status"), "attached", false);
    }
}
