package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who says whose an object is has it deleted with its owner, and with {@code blockOwnerDeletion} holds up the owner's deletion. So it needs the
 * right to do these by itself: Kubernetes' OwnerReferencesPermissionEnforcement, in its words.
 */
public final class OwnerReferences {

    private OwnerReferences() {}

    /**
     * Why a write is refused; empty if it is not.
     *
     * @param live what is stored; empty for a create
     * @param allowed whether the writer may do something
     * @param kinds the kind that is served under an apiVersion and a name
     */
    public static Optional<String> refusal(
            Ref ref,
            String subresource,
            Optional<ObjectNode> live,
            ObjectNode object,
            Predicate<Access> allowed,
            BiFunction<String, String, Optional<Kind>> kinds) {
        boolean statusOfPod = ref.kind().qualifiedResource().equals("pods") && subresource.equals("status");
        List<JsonNode> owners = Json.items(object, "metadata", "ownerReferences");
        List<JsonNode> before = live.map(each -> Json.items(each, "metadata", "ownerReferences"))
                .orElse(List.of());
        if (statusOfPod || owners.equals(before)) {
            return Optional.empty();
        }
        String resource = ref.kind().resource() + (subresource.isEmpty() ? "" : "/" + subresource);
        if (!allowed.test(new Access.ToObjects("delete", ref.kind().group(), resource, ref.namespace(), ref.name()))) {
            return Optional.of("cannot set an ownerRef on a resource you can't delete: , <nil>");
        }
        Set<String> blocking = before.stream()
                .filter(OwnerReferences::blocks)
                .map(OwnerReferences::uid)
                .collect(Collectors.toSet());
        return owners.stream()
                .filter(owner -> blocks(owner) && !blocking.contains(uid(owner)))
                .flatMap(owner -> refusal(owner, ref.namespace(), allowed, kinds).stream())
                .findFirst();
    }

    private static boolean blocks(JsonNode owner) {
        return owner.path("blockOwnerDeletion").asBoolean(false);
    }

    private static String uid(JsonNode owner) {
        return owner.path("uid").asString("");
    }

    private static Optional<String> refusal(
            JsonNode owner,
            String namespace,
            Predicate<Access> allowed,
            BiFunction<String, String, Optional<Kind>> kinds) {
        String version = owner.path("apiVersion").asString("");
        String name = owner.path("kind").asString("");
        Optional<Kind> kind = kinds.apply(version, name);
        if (kind.isEmpty()) {
            return Optional.of(
                    "cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion "
                            + version + " Kind " + name + ": no matches for kind \"" + name + "\" in version \""
                            + version + "\"");
        }
        Access.ToObjects finalize = new Access.ToObjects(
                "update",
                kind.get().group(),
                kind.get().resource() + "/finalizers",
                kind.get().namespaced() ? namespace : "",
                owner.path("name").asString(""));
        return allowed.test(finalize)
                ? Optional.empty()
                : Optional.of("cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set"
                        + " finalizers on: , <nil>");
    }
}
