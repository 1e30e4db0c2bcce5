package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.ApiAccess;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a picture keeps of an object: no more than controllers look at, for of some kinds there are many. */
final class Kept {

    /** Kinds of which only apiVersion, kind and metadata are kept. Whoever writes such an object patches it. */
    private static final Set<Kind> HEADER_ONLY = Set.of(Kinds.EVENT, Kinds.CONFIG_MAP, Kinds.SECRET);

    /**
     * Longer annotations of pods, of which there are many, are not kept: they are for others than controllers. Whoever writes a pod patches
     * it, or its status.
     */
    private static final int LONGEST_ANNOTATION = 256;

    private Kept() {}

    /** The part of an object's tree that is kept; the tree itself is not changed. */
    static ObjectNode of(Ref ref, ObjectNode object) {
        if (isHeader(ref)) {
            return Json.header(object);
        }
        return ref.kind().equals(Kinds.POD) ? withoutOwnNames(withoutLongAnnotations(object)) : object;
    }

    /** Whether only apiVersion, kind and metadata are kept, so that no more need be read. */
    static boolean isHeader(Ref ref) {
        boolean controlled = ref.kind().equals(Kinds.CONFIG_MAP) && ref.name().equals(ApiAccess.ROOT_CA);
        return !controlled
                && (HEADER_ONLY.contains(ref.kind()) || ref.kind().custom().isPresent());
    }

    private static ObjectNode withoutLongAnnotations(ObjectNode pod) {
        Map<String, String> annotations = Json.strings(pod, "metadata", "annotations");
        if (annotations.values().stream().noneMatch(Kept::isLong)) {
            return pod;
        }
        ObjectNode kept = Json.object();
        annotations.forEach((name, value) -> {
            if (!isLong(value)) {
                kept.put(name, value);
            }
        });
        return with(pod, "metadata", with((ObjectNode) pod.path("metadata"), "annotations", kept));
    }

    private static boolean isLong(String annotation) {
        return annotation.length() > LONGEST_ANNOTATION;
    }

    /**
     * Each pod has a name of its own for the volume with its token, so that no two pods' containers were equal and none were kept once. No
     * controller asks where volumes are mounted.
     */
    private static ObjectNode withoutOwnNames(ObjectNode pod) {
        if (!(pod.get("spec") instanceof ObjectNode spec)) {
            return pod;
        }
        ObjectNode kept = spec;
        for (String field : List.of("containers", "initContainers")) {
            if (spec.get(field) instanceof ArrayNode containers) {
                kept = with(kept, field, withoutMounts(containers));
            }
        }
        if (spec.get("volumes") instanceof ArrayNode volumes) {
            kept = with(kept, "volumes", withOneName(volumes));
        }
        return with(pod, "spec", kept);
    }

    private static ArrayNode withoutMounts(ArrayNode containers) {
        ArrayNode kept = Json.array();
        for (JsonNode container : containers) {
            if (container instanceof ObjectNode mounted) {
                ObjectNode unmounted = Json.object().setAll(mounted);
                unmounted.remove("volumeMounts");
                kept.add(unmounted);
            } else {
                kept.add(container);
            }
        }
        return kept;
    }

    private static ArrayNode withOneName(ArrayNode volumes) {
        ArrayNode kept = Json.array();
        for (JsonNode volume : volumes) {
            boolean token = volume.path("name").asString("").startsWith(ApiAccess.VOLUME);
            kept.add(
                    token && volume instanceof ObjectNode object
                            ? with(object, "name", kept.stringNode(ApiAccess.VOLUME))
                            : volume);
        }
        return kept;
    }

    private static ObjectNode with(ObjectNode object, String field, JsonNode value) {
        ObjectNode changed = Json.object().setAll(object);
        changed.set(field, value);
        return changed;
    }
}
