package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the system and not the user says in {@code metadata}. */
final class Metadata {

    /** A generated name is cut so that it stays within 63 characters. */
    private static final int MAX_GENERATED_BASE = 63 - Given.SUFFIX_LENGTH;

    /** What a user may send, but never changes. */
    private static final List<String> SYSTEM_FIELDS = List.of(
            "uid",
            "creationTimestamp",
            "generation",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "selfLink",
            "resourceVersion",
            "managedFields");

    private Metadata() {}

    static ObjectNode of(ObjectNode object) {
        return Json.child(object, "metadata");
    }

    /** The object without its resourceVersion, to look at: its parts are the same, and not to be changed. */
    static ObjectNode withoutRevision(ObjectNode object) {
        ObjectNode copy = Json.object().setAll(object);
        if (object.get("metadata") instanceof ObjectNode metadata) {
            ObjectNode without = Json.object().setAll(metadata);
            without.remove("resourceVersion");
            copy.set("metadata", without);
        }
        return copy;
    }

    static String name(ObjectNode object) {
        return Json.string(object, "metadata", "name").orElse("");
    }

    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    static boolean terminating(ObjectNode object) {
        return Json.at(object, "metadata", "deletionTimestamp").isPresent();
    }

    static List<String> finalizers(ObjectNode object) {
        return Json.items(object, "metadata", "finalizers").stream()
                .map(JsonNode::asString)
                .toList();
    }

    /** Puts a namespace, a name and the system's fields into a new object. */
    static Optional<Rejection> fillNew(Kind kind, String namespace, ObjectNode object, Given given) {
        ObjectNode metadata = of(object);
        if (Json.string(metadata, "resourceVersion").filter(v -> !v.isEmpty()).isPresent()) {
            return Optional.of(Rejection.badRequest("resourceVersion should not be set on objects to be created"));
        }
        Optional<Rejection> elsewhere = fillNamespace(kind, namespace, metadata);
        if (elsewhere.isPresent()) {
            return elsewhere;
        }
        SYSTEM_FIELDS.forEach(metadata::remove);
        String base = Json.string(metadata, "generateName").orElse("");
        if (name(object).isEmpty() && !base.isEmpty()) {
            String cut = base.length() > MAX_GENERATED_BASE ? base.substring(0, MAX_GENERATED_BASE) : base;
            metadata.put("name", cut + given.nameSuffix());
        }
        metadata.put("uid", given.uid());
        metadata.put("creationTimestamp", time(given.now()));
        return Optional.empty();
    }

    private static Optional<Rejection> fillNamespace(Kind kind, String namespace, ObjectNode metadata) {
        String said = Json.string(metadata, "namespace").orElse("");
        if (!kind.namespaced()) {
            metadata.remove("namespace");
            return said.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Rejection.badRequest("namespace \"" + said + "\" is given for "
                            + kind.qualifiedResource() + ", which are not in namespaces"));
        }
        if (!said.isEmpty() && !said.equals(namespace)) {
            return Optional.of(Rejection.badRequest("the namespace of the provided object does not match the namespace"
                    + " sent on the request (" + said + " is not " + namespace + ")"));
        }
        metadata.put("namespace", namespace);
        return Optional.empty();
    }

    /** Whether an object that is sent has another name or namespace than its path. It may have none. */
    static Optional<Rejection> misnamed(String name, String namespace, ObjectNode incoming) {
        return differs("name", name, incoming).or(() -> differs("namespace", namespace, incoming));
    }

    private static Optional<Rejection> differs(String field, String wanted, ObjectNode incoming) {
        String said = Json.string(incoming, "metadata", field).orElse("");
        return said.isEmpty() || said.equals(wanted)
                ? Optional.empty()
                : Optional.of(Rejection.badRequest("the " + field + " of the object (" + said + ") does not match the "
                        + field + " on the URL (" + wanted + ")"));
    }

    /** Whether an update names the object that is stored, at the revision that is stored. */
    static Optional<Rejection> mismatch(Kind kind, ObjectNode live, ObjectNode incoming) {
        String name = name(live);
        Optional<Rejection> misnamed =
                misnamed(name, Json.string(live, "metadata", "namespace").orElse(""), incoming);
        if (misnamed.isPresent()) {
            return misnamed;
        }
        String uid = Json.string(live, "metadata", "uid").orElse("");
        String saidUid = Json.string(incoming, "metadata", "uid").orElse("");
        if (!saidUid.isEmpty() && !saidUid.equals(uid)) {
            return Optional.of(Rejection.conflict(
                    kind,
                    name,
                    "Precondition failed: UID in precondition: " + saidUid + ", UID in object meta: " + uid));
        }
        String version = Json.string(incoming, "metadata", "resourceVersion").orElse("");
        if (!version.isEmpty()
                && !version.equals(
                        Json.string(live, "metadata", "resourceVersion").orElse(""))) {
            return Optional.of(Rejection.conflict(
                    kind,
                    name,
                    "the object has been modified; please apply your changes to the latest version and try again"));
        }
        return Optional.empty();
    }

    /** Puts back what an update may not change. Who owns what stays the live object's own, and is not to be changed in its place. */
    static void keepSystemFields(ObjectNode live, ObjectNode object) {
        ObjectNode from = of(live);
        ObjectNode to = of(object);
        SYSTEM_FIELDS.forEach(field -> keep(field, from, to));
        keep("name", from, to);
        keep("namespace", from, to);
        keep("generateName", from, to);
        to.remove("resourceVersion");
    }

    private static void keep(String field, ObjectNode from, ObjectNode to) {
        JsonNode value = from.get(field);
        if (value == null) {
            to.remove(field);
        } else {
            to.set(field, value);
        }
    }

    /** An object that ends takes no more finalizers. */
    static Optional<Cause> newFinalizers(ObjectNode live, ObjectNode object) {
        if (!terminating(live)) {
            return Optional.empty();
        }
        List<String> added = new ArrayList<>(finalizers(object));
        added.removeAll(finalizers(live));
        return added.isEmpty()
                ? Optional.empty()
                : Optional.of(Cause.forbidden(
                        "metadata.finalizers",
                        "no new finalizers can be added if the object is being deleted, found new finalizers "
                                + added.stream()
                                        .map(name -> '"' + name + '"')
                                        .collect(Collectors.joining(", ", "[]string{", "}"))));
    }

    static void setFinalizers(ObjectNode object, List<String> finalizers) {
        ObjectNode metadata = of(object);
        if (finalizers.isEmpty()) {
            metadata.remove("finalizers");
        } else {
            var list = metadata.putArray("finalizers");
            finalizers.forEach(list::add);
        }
    }

    static void bumpGeneration(ObjectNode object) {
        ObjectNode metadata = of(object);
        metadata.put("generation", Json.number(metadata, "generation").orElse(0L) + 1);
    }
}
