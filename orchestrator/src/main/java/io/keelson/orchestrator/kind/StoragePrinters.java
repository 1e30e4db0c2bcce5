package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.number;
import static io.keelson.orchestrator.kind.Printer.Column.text;
import static io.keelson.orchestrator.kind.Printer.Column.wide;
import static io.keelson.orchestrator.kind.Printers.NONE;
import static io.keelson.orchestrator.kind.Printers.age;
import static io.keelson.orchestrator.kind.Printers.name;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The printers of the kinds about storage. */
final class StoragePrinters {

    private static final String UNSET = "<unset>";
    private static final List<String> DEFAULT_CLASS =
            List.of("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class");

    /** In the order in which they are shown. */
    private static final List<Map.Entry<String, String>> MODES = List.of(
            Map.entry("ReadWriteOnce", "RWO"),
            Map.entry("ReadOnlyMany", "ROX"),
            Map.entry("ReadWriteMany", "RWX"),
            Map.entry("ReadWriteOncePod", "RWOP"));

    static final Printer VOLUME = new Printer(
            List.of(
                    NAME,
                    text("Capacity"),
                    text("Access Modes"),
                    text("Reclaim Policy"),
                    text("Status"),
                    text("Claim"),
                    text("StorageClass"),
                    text("VolumeAttributesClass"),
                    text("Reason"),
                    AGE,
                    wide("VolumeMode")),
            (volume, now, cells) -> cells.add(name(volume))
                    .add(string(volume, "spec", "capacity", "storage"))
                    .add(modes(volume, "spec"))
                    .add(string(volume, "spec", "persistentVolumeReclaimPolicy"))
                    .add(phase(volume))
                    .add(claim(volume))
                    .add(string(volume, "spec", "storageClassName"))
                    .add(orUnset(volume, "spec", "volumeAttributesClassName"))
                    .add(string(volume, "status", "reason"))
                    .add(age(volume, now))
                    .add(orUnset(volume, "spec", "volumeMode")));

    static final Printer CLAIM = new Printer(
            List.of(
                    NAME,
                    text("Status"),
                    text("Volume"),
                    text("Capacity"),
                    text("Access Modes"),
                    text("StorageClass"),
                    text("VolumeAttributesClass"),
                    AGE,
                    wide("VolumeMode")),
            (claim, now, cells) -> {
                String volume = string(claim, "spec", "volumeName");
                cells.add(name(claim))
                        .add(phase(claim))
                        .add(volume)
                        .add(volume.isEmpty() ? "" : string(claim, "status", "capacity", "storage"))
                        .add(volume.isEmpty() ? "" : modes(claim, "status"))
                        .add(string(claim, "spec", "storageClassName"))
                        .add(orUnset(claim, "spec", "volumeAttributesClassName"))
                        .add(age(claim, now))
                        .add(orUnset(claim, "spec", "volumeMode"));
            });

    static final Printer STORAGE_CLASS = new Printer(
            List.of(
                    NAME,
                    text("Provisioner"),
                    text("ReclaimPolicy"),
                    text("VolumeBindingMode"),
                    text("AllowVolumeExpansion"),
                    AGE),
            (storageClass, now, cells) -> cells.add(name(storageClass) + (isDefault(storageClass) ? " (default)" : ""))
                    .add(string(storageClass, "provisioner"))
                    .add(string(storageClass, "reclaimPolicy"))
                    .add(string(storageClass, "volumeBindingMode"))
                    .add(storageClass.path("allowVolumeExpansion").asBoolean(false))
                    .add(age(storageClass, now)));

    static final Printer ATTRIBUTES_CLASS = new Printer(
            List.of(NAME, text("DriverName"), AGE),
            (attributesClass, now, cells) -> cells.add(name(attributesClass))
                    .add(string(attributesClass, "driverName"))
                    .add(age(attributesClass, now)));

    static final Printer ATTACHMENT = new Printer(
            List.of(
                    NAME,
                    new Printer.Column("Attacher", "string", "name", 0),
                    text("PV"),
                    text("Node"),
                    bool("Attached"),
                    AGE),
            (attachment, now, cells) -> cells.add(name(attachment))
                    .add(string(attachment, "spec", "attacher"))
                    .add(string(attachment, "spec", "source", "persistentVolumeName"))
                    .add(string(attachment, "spec", "nodeName"))
                    .add(attachment.path("status").path("attached").asBoolean(false))
                    .add(age(attachment, now)));

    static final Printer CSI_NODE = new Printer(
            List.of(NAME, number("Drivers"), AGE),
            (node, now, cells) -> cells.add(name(node))
                    .add(Json.items(node, "spec", "drivers").size())
                    .add(age(node, now)));

    static final Printer CSI_DRIVER = new Printer(
            List.of(
                    NAME,
                    bool("AttachRequired"),
                    bool("PodInfoOnMount"),
                    bool("StorageCapacity"),
                    text("TokenRequests"),
                    bool("RequiresRepublish"),
                    text("Modes"),
                    AGE),
            (driver, now, cells) -> {
                JsonNode spec = driver.path("spec");
                cells.add(name(driver))
                        .add(spec.path("attachRequired").asBoolean(true))
                        .add(spec.path("podInfoOnMount").asBoolean(false))
                        .add(spec.path("storageCapacity").asBoolean(false))
                        .add(joined(spec, "tokenRequests", "audience", UNSET))
                        .add(spec.path("requiresRepublish").asBoolean(false))
                        .add(joined(spec, "volumeLifecycleModes", "", NONE))
                        .add(age(driver, now));
            });

    static final Printer CSI_STORAGE_CAPACITY = new Printer(
            List.of(NAME, text("StorageClassName"), text("Capacity")),
            (capacity, now, cells) -> cells.add(name(capacity))
                    .add(string(capacity, "storageClassName"))
                    .add(orUnset(capacity, "capacity")));

    private StoragePrinters() {}

    private static Printer.Column bool(String name) {
        return new Printer.Column(name, "boolean", "", 0);
    }

    private static String string(ObjectNode object, String... path) {
        return Json.at(object, path).map(JsonNode::asString).orElse("");
    }

    private static String orUnset(ObjectNode object, String... path) {
        String text = string(object, path);
        return text.isEmpty() ? UNSET : text;
    }

    private static String phase(ObjectNode object) {
        return Json.at(object, "metadata", "deletionTimestamp").isPresent()
                ? "Terminating"
                : string(object, "status", "phase");
    }

    private static String modes(ObjectNode object, String part) {
        List<String> wanted = Json.items(object, part, "accessModes").stream()
                .map(JsonNode::asString)
                .toList();
        List<String> modes = new ArrayList<>();
        MODES.forEach(mode -> {
            if (wanted.contains(mode.getKey())) {
                modes.add(mode.getValue());
            }
        });
        return String.join(",", modes);
    }

    private static String claim(ObjectNode volume) {
        return Json.at(volume, "spec", "claimRef")
                .map(claim -> claim.path("namespace").asString("") + "/"
                        + claim.path("name").asString(""))
                .orElse("");
    }

    private static boolean isDefault(ObjectNode storageClass) {
        Map<String, String> annotations = Json.strings(storageClass, "metadata", "annotations");
        return DEFAULT_CLASS.stream().anyMatch(name -> "true".equals(annotations.get(name)));
    }

    private static String joined(JsonNode spec, String list, String field, String none) {
        List<String> texts = Json.items(spec, list).stream()
                .map(item ->
                        field.isEmpty() ? item.asString("") : item.path(field).asString(""))
                .toList();
        return texts.isEmpty() ? none : String.join(",", texts);
    }
}
