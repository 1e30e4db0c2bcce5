package io.keelson.orchestrator.kind;

import java.util.List;

/** The rows of the group storage.k8s.io. */
final class StorageKinds {

    static final Kind CSI_DRIVER = storage("CSIDriver", "csidrivers")
            .clusterScoped()
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withDefaults(StorageDefaults::csiDriver)
                    .withCheck(StorageValidation::csiDriver)
                    .withPrinter(StoragePrinters.CSI_DRIVER))
            .build();

    static final Kind CSI_NODE = storage("CSINode", "csinodes")
            .clusterScoped()
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withCheck((_, node, causes) -> StorageValidation.csiNode(node, causes))
                    .withPrinter(StoragePrinters.CSI_NODE))
            .build();

    static final Kind CSI_STORAGE_CAPACITY = storage("CSIStorageCapacity", "csistoragecapacities")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withCheck(StorageValidation::capacity)
                    .withAdvice(Advices::storageCapacity)
                    .withPrinter(StoragePrinters.CSI_STORAGE_CAPACITY))
            .build();

    static final Kind STORAGE_CLASS = storage("StorageClass", "storageclasses")
            .clusterScoped()
            .shortNames("sc")
            .strategy(Strategy.PLAIN
                    .withDefaults(StorageDefaults::storageClass)
                    .withCheck(StorageValidation::storageClass)
                    .withAdvice(Advices::storageClass)
                    .withPrinter(StoragePrinters.STORAGE_CLASS))
            .build();

    static final Kind VOLUME_ATTACHMENT = storage("VolumeAttachment", "volumeattachments")
            .clusterScoped()
            .subresources("status")
            .strategy(Strategy.PLAIN
                    .withGuard()
                    .withDefaults(StorageDefaults::attachment)
                    .withCheck(StorageValidation::attachment)
                    .withPrinter(StoragePrinters.ATTACHMENT))
            .build();

    static final Kind VOLUME_ATTRIBUTES_CLASS = storage("VolumeAttributesClass", "volumeattributesclasses")
            .clusterScoped()
            .shortNames("vac")
            .strategy(Strategy.PLAIN
                    .withCheck(StorageValidation::attributesClass)
                    .withPrinter(StoragePrinters.ATTRIBUTES_CLASS))
            .build();

    static final List<Kind> ROWS = List.of(
            CSI_DRIVER, CSI_NODE, CSI_STORAGE_CAPACITY, STORAGE_CLASS, VOLUME_ATTACHMENT, VOLUME_ATTRIBUTES_CLASS);

    private StorageKinds() {}

    private static KindBuilder storage(String kind, String resource) {
        return Kind.named("storage.k8s.io", "v1", kind, resource);
    }
}
