package io.keelson.orchestrator.kind;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Persistent volumes and the claims for them. */
final class VolumeValidation {

    private static final Set<String> ACCESS_MODES =
            Set.of("ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod");
    private static final Set<String> MODES = Set.of("Block", "Filesystem");

    /** Every other object in the spec of a volume says where it is. */
    private static final Set<String> NO_SOURCES = Set.of("capacity", "claimRef", "nodeAffinity");

    private VolumeValidation() {}

    static void volume(Optional<ObjectNode> live, ObjectNode volume, Causes causes) {
        JsonNode spec = volume.path("spec");
        accessModes(spec, "", causes);
        capacity(spec, causes);
        sources(spec, causes);
        causes.oneOf(spec, "spec", "persistentVolumeReclaimPolicy", Set.of("Delete", "Recycle", "Retain"));
        causes.oneOf(spec, "spec", "volumeMode", MODES);
        className(spec, causes);
        if (live.isPresent() && !source(live.get()).equals(source(volume))) {
            causes.add(Cause.forbidden(
                    "spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation"));
        }
        causes.unchanged(live, volume, "spec", "volumeMode");
        if (live.flatMap(stored -> Json.at(stored, "spec", "nodeAffinity")).isPresent()) {
            causes.unchanged(live, volume, "spec", "nodeAffinity");
        }
    }

    private static void accessModes(JsonNode spec, String why, Causes causes) {
        List<JsonNode> modes = Json.items(spec, "accessModes");
        if (modes.isEmpty()) {
            causes.add(Cause.required("spec.accessModes", why));
        }
        List<String> names = modes.stream().map(mode -> mode.asString("")).toList();
        names.stream()
                .filter(name -> !ACCESS_MODES.contains(name))
                .forEach(name -> causes.add(Cause.notSupported(
                        "spec.accessModes",
                        Causes.quoted(name),
                        ACCESS_MODES.stream().sorted().toList())));
        if (names.contains("ReadWriteOncePod") && names.size() > 1) {
            causes.add(Cause.forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"));
        }
    }

    private static void capacity(JsonNode spec, Causes causes) {
        JsonNode capacity = spec.path("capacity");
        if (capacity.isEmpty()) {
            causes.required("spec.capacity");
        } else if (!capacity.has("storage") || capacity.size() > 1) {
            causes.add(Cause.notSupported("spec.capacity", capacity.toString(), List.of("storage")));
        } else {
            positive(capacity.path("storage"), "spec.capacity[storage]", causes);
        }
    }

    private static void positive(JsonNode amount, String path, Causes causes) {
        if (Quantity.parse(amount).filter(value -> value.signum() <= 0).isPresent()) {
            causes.invalid(path, amount, "must be greater than zero");
        }
    }

    private static void sources(JsonNode spec, Causes causes) {
        List<String> sources = new ArrayList<>();
        spec.properties().forEach(field -> {
            if (field.getValue().isObject() && !NO_SOURCES.contains(field.getKey())) {
                sources.add(field.getKey());
            }
        });
        if (sources.isEmpty()) {
            causes.add(Cause.required("spec", "must specify a volume type"));
        }
        sources.stream()
                .skip(1)
                .forEach(source ->
                        causes.add(Cause.forbidden("spec." + source, "may not specify more than 1 volume type")));
        for (String place : new String[] {"hostPath", "local"}) {
            JsonNode source = spec.path(place);
            boolean named = source.isObject() && causes.present(source, "spec." + place, "path");
            if (named
                    && List.of(source.path("path").asString("").split("/", -1)).contains("..")) {
                causes.invalid("spec." + place + ".path", source.path("path"), "must not contain '..'");
            }
        }
        if (spec.path("local").isObject() && !spec.has("nodeAffinity")) {
            causes.add(Cause.required("spec.nodeAffinity", "Local volume requires node affinity"));
        }
    }

    private static void className(JsonNode spec, Causes causes) {
        Json.string(spec, "storageClassName")
                .filter(name -> !name.isEmpty())
                .ifPresent(name -> causes.invalid("spec.storageClassName", name, Names.dns1123SubdomainProblems(name)));
    }

    private static ObjectNode source(ObjectNode volume) {
        ObjectNode source = Json.object();
        volume.path("spec").properties().forEach(field -> {
            if (field.getValue().isObject() && !NO_SOURCES.contains(field.getKey())) {
                source.set(field.getKey(), field.getValue());
            }
        });
        return source;
    }

    static void claim(Optional<ObjectNode> live, ObjectNode claim, Causes causes) {
        JsonNode spec = claim.path("spec");
        accessModes(spec, "at least 1 access mode is required", causes);
        Optional<JsonNode> size = Json.at(spec, "resources", "requests", "storage");
        if (size.isEmpty()) {
            causes.required("spec.resources[storage]");
        } else {
            positive(size.get(), "spec.resources[storage]", causes);
        }
        Json.at(spec, "selector").ifPresent(selector -> WorkloadValidation.selector(selector, "spec.selector", causes));
        causes.oneOf(spec, "spec", "volumeMode", MODES);
        className(spec, causes);
        live.ifPresent(stored -> claimUpdate(stored, claim, causes));
    }

    private static void claimUpdate(ObjectNode live, ObjectNode claim, Causes causes) {
        boolean bound = live.path("status").path("phase").asString("").equals("Bound");
        JsonNode before = fixed(live.path("spec"), live.path("spec"), bound);
        if (!before.equals(fixed(claim.path("spec"), live.path("spec"), bound))) {
            causes.add(Cause.forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for"
                            + " bound claims"));
        }
        Optional<BigDecimal> size =
                Json.at(claim, "spec", "resources", "requests", "storage").flatMap(Quantity::parse);
        Optional<BigDecimal> capacity =
                Json.at(live, "status", "capacity", "storage").flatMap(Quantity::parse);
        if (size.isPresent() && capacity.isPresent() && size.get().compareTo(capacity.get()) < 0) {
            causes.add(
                    Cause.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity"));
        }
    }

    /** The spec without what may change still. */
    private static JsonNode fixed(JsonNode spec, JsonNode stored, boolean bound) {
        if (!(spec instanceof ObjectNode object)) {
            return spec;
        }
        ObjectNode fixed = object.deepCopy();
        if (stored.path("volumeName").asString("").isEmpty()) {
            fixed.remove("volumeName");
        }
        if (!stored.has("storageClassName")) {
            fixed.remove("storageClassName");
        }
        if (bound) {
            fixed.remove("volumeAttributesClassName");
            if (fixed.path("resources").path("requests") instanceof ObjectNode requests) {
                requests.remove("storage");
            }
        }
        return fixed;
    }
}
