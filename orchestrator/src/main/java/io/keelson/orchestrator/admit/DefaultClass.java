package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects that name no class get the one that is marked as the default: claims a StorageClass, ingresses an IngressClass.
 *
 * @param kind of the objects
 * @param classes the kind of the classes
 * @param annotation that marks the default with {@code true}
 * @param field of {@code spec} that names the class
 * @param older an annotation of the object that named the class before there was the field
 * @param onlyOne whether two defaults are a mistake; else the newest counts
 */
record DefaultClass(Kind kind, Kind classes, String annotation, String field, String older, boolean onlyOne)
        implements Mutator {

    /** Of claims. */
    static final DefaultClass STORAGE = new DefaultClass(
            Known.CLAIM,
            Known.STORAGE_CLASS,
            "storageclass.kubernetes.io/is-default-class",
            "storageClassName",
            "volume.beta.kubernetes.io/storage-class",
            false);

    /** Of ingresses. */
    static final DefaultClass INGRESS = new DefaultClass(
            Known.INGRESS,
            Known.INGRESS_CLASS,
            "ingressclass.kubernetes.io/is-default-class",
            "ingressClassName",
            "kubernetes.io/ingress.class",
            true);

    private static final Comparator<ObjectNode> NEWEST_FIRST = Comparator.<ObjectNode, String>comparing(
                    each -> Json.string(each, "metadata", "creationTimestamp").orElse(""))
            .reversed()
            .thenComparing(each -> Json.string(each, "metadata", "name").orElse(""));

    @Override
    public Optional<Rejection> mutate(Request request, ObjectNode object, Facts facts) {
        boolean named = Json.at(object, "spec", field).isPresent()
                || Json.at(object, "metadata", "annotations", older).isPresent();
        if (!request.creates(kind) || named) {
            return Optional.empty();
        }
        List<ObjectNode> defaults = facts.list(classes, "").stream()
                .filter(each -> Json.string(each, "metadata", "annotations", annotation)
                        .orElse("")
                        .equals("true"))
                .sorted(NEWEST_FIRST)
                .toList();
        if (defaults.isEmpty()) {
            return Optional.empty();
        }
        if (onlyOne && defaults.size() > 1) {
            return Optional.of(
                    request.forbidden(defaults.size() + " default IngressClasses were found, only 1 allowed"));
        }
        Json.child(object, "spec")
                .put(field, Json.string(defaults.getFirst(), "metadata", "name").orElse(""));
        return Optional.empty();
    }
}
