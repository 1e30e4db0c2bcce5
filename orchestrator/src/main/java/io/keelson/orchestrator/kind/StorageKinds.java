package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the group storage.k8s.io. */
final class StorageKinds {

    static final Kind CSI_DRIVER =
            storage("CSIDriver", "csidrivers").clusterScoped().build();

    static final Kind CSI_NODE = storage("CSINode", "csinodes").clusterScoped().build();

    static final Kind CSI_STORAGE_CAPACITY =
            storage("CSIStorageCapacity", "csistoragecapacities").build();

    static final Kind STORAGE_CLASS = storage("StorageClass", "storageclasses")
            .clusterScoped()
            .shortNames("sc")
            .build();

    static final Kind VOLUME_ATTACHMENT = storage("VolumeAttachment", "volumeattachments")
            .clusterScoped()
            .subresources("status")
            .build();

    static final Kind VOLUME_ATTRIBUTES_CLASS = storage("VolumeAttributesClass", "volumeattributesclasses")
            .clusterScoped()
            .shortNames("vac")
            .build();

    static final List<Kind> ROWS = List.of(
            CSI_DRIVER, CSI_NODE, CSI_STORAGE_CAPACITY, STORAGE_CLASS, VOLUME_ATTACHMENT, VOLUME_ATTRIBUTES_CLASS);

    private StorageKinds() {}

    private static KindBuilder storage(String kind, String resource) {
        return Kind.named("storage.k8s.io", "v1", kind, resource);
    }
}
