package io.keelson.orchestrator.kind;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Advice to who writes volumes and claims, and amounts of bytes. */
final class VolumeAdvice {

    private static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

    /** Since when sources of volumes are deprecated, and from when on they do nothing; by their field in persistent volumes. */
    private static final Map<String, String> DEPRECATED_SOURCES = new TreeMap<>(Map.of(
            "cephfs", "deprecated in v1.28, non-functional in v1.31+",
            "glusterfs", "deprecated in v1.25, non-functional in v1.26+",
            "photonPersistentDisk", "deprecated in v1.11, non-functional in v1.16+",
            "rbd", "deprecated in v1.28, non-functional in v1.31+",
            "scaleIO", "deprecated in v1.16, non-functional in v1.22+"));

    private static final String STORAGE_OS = "deprecated in v1.22, non-functional in v1.25+";

    private VolumeAdvice() {}

    static void volume(Optional<ObjectNode> live, ObjectNode volume, Consumer<String> warn) {
        JsonNode spec = volume.path("spec");
        betaClass(volume, warn);
        if (Json.string(spec, "persistentVolumeReclaimPolicy").orElse("").equals("Recycle")) {
            warn.accept("spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the"
                    + " recommended approach is to use dynamic provisioning.");
        }
        NodeLabels.terms("spec.nodeAffinity.required", spec.path("nodeAffinity").path("required"), warn);
        DEPRECATED_SOURCES.forEach((field, why) -> source(spec, "spec." + field, field, why, warn));
        // The path is spelled so by Kubernetes; the field is not.
        source(spec, "spec.storageOS", "storageos", STORAGE_OS, warn);
    }

    /** Of the source of a volume of a pod. */
    static void ofPod(String path, JsonNode volume, Consumer<String> warn) {
        DEPRECATED_SOURCES.forEach((field, why) -> source(volume, path + "." + field, field, why, warn));
        source(volume, path + ".storageOS", "storageos", STORAGE_OS, warn);
        source(volume, path + ".gitRepo", "gitRepo", "deprecated in v1.11", warn);
        source(volume, path + ".flocker", "flocker", "deprecated in v1.22, non-functional in v1.25+", warn);
        source(volume, path + ".quobyte", "quobyte", "deprecated in v1.22, non-functional in v1.25+", warn);
        Json.at(volume, "ephemeral", "volumeClaimTemplate", "spec")
                .ifPresent(spec -> claimSpec(path + ".ephemeral.volumeClaimTemplate.spec", spec, warn));
    }

    private static void source(JsonNode of, String path, String field, String why, Consumer<String> warn) {
        if (of.hasNonNull(field)) {
            warn.accept(path + ": " + why);
        }
    }

    static void claim(Optional<ObjectNode> live, ObjectNode claim, Consumer<String> warn) {
        betaClass(claim, warn);
        claimSpec("spec", claim.path("spec"), warn);
    }

    static void statefulSet(Optional<ObjectNode> live, ObjectNode set, Consumer<String> warn) {
        List<JsonNode> claims = Json.items(set, "spec", "volumeClaimTemplates");
        for (int i = 0; i < claims.size(); i++) {
            claimSpec("spec.volumeClaimTemplates[" + i + "]", claims.get(i).path("spec"), warn);
        }
        if (Json.number(set, "spec", "revisionHistoryLimit").orElse(0L) < 0) {
            warn.accept("spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is"
                    + " recommended");
        }
    }

    private static void betaClass(ObjectNode object, Consumer<String> warn) {
        if (Json.at(object, "metadata", "annotations", BETA_CLASS).isPresent()) {
            warn.accept("metadata.annotations[" + BETA_CLASS
                    + "]: deprecated since v1.8; use \"storageClassName\" attribute instead");
        }
    }

    private static void claimSpec(String path, JsonNode spec, Consumer<String> warn) {
        for (String part : List.of("requests", "limits")) {
            bytes(path + ".resources." + part, spec.path("resources").path(part), "storage", warn);
        }
    }

    /** Of an amount of bytes that is none: there is no part of a byte. */
    static void bytes(String path, JsonNode amounts, String resource, Consumer<String> warn) {
        Json.at(amounts, resource)
                .flatMap(Quantity::parse)
                .filter(amount -> amount.movePointRight(3)
                                .setScale(0, RoundingMode.CEILING)
                                .remainder(BigDecimal.valueOf(1000))
                                .signum()
                        != 0)
                .ifPresent(amount -> warn.accept(path + "[" + resource + "]: fractional byte value "
                        + Causes.quoted(canonical(amount)) + " is invalid, must be an integer"));
    }

    /** A broken amount as Kubernetes writes it: in the largest unit in which it is whole; nothing is smaller than a billionth. */
    private static String canonical(BigDecimal amount) {
        for (String unit : List.of("m", "u")) {
            BigDecimal in = amount.movePointRight(unit.equals("m") ? 3 : 6);
            if (in.stripTrailingZeros().scale() <= 0) {
                return in.toBigInteger() + unit;
            }
        }
        return amount.movePointRight(9).setScale(0, RoundingMode.UP).toBigInteger() + "n";
    }
}
