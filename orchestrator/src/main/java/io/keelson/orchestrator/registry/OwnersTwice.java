package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Owners that an object names more than once, in the very same words. Kubernetes keeps one of each, and warns. */
final class OwnersTwice {

    private OwnersTwice() {}

    /**
     * Takes the second and later ones away, before and after others change the object further; of what comes of a patch only after, as Kubernetes does.
     *
     * @param patched whether the object comes of a patch
     * @param mutation what others do; gives the object as it is then
     * @param tell what the writer is to be told
     */
    static ObjectNode around(
            ObjectNode object, boolean patched, UnaryOperator<ObjectNode> mutation, Consumer<String> tell) {
        if (!patched) {
            drop(object, "").ifPresent(tell);
        }
        ObjectNode mutated = mutation.apply(object);
        drop(mutated, " after mutating admission happens").ifPresent(tell);
        return mutated;
    }

    private static Optional<String> drop(ObjectNode object, String when) {
        return Json.at(object, "metadata", "ownerReferences")
                .filter(ArrayNode.class::isInstance)
                .flatMap(owners -> drop((ArrayNode) owners, when));
    }

    private static Optional<String> drop(ArrayNode owners, String when) {
        Set<JsonNode> once = new LinkedHashSet<>();
        Set<String> twice = new LinkedHashSet<>();
        for (JsonNode owner : owners) {
            if (!once.add(owner)) {
                twice.add(owner.path("uid").asString(""));
            }
        }
        if (twice.isEmpty()) {
            return Optional.empty();
        }
        owners.removeAll();
        owners.addAll(List.copyOf(once));
        return Optional.of(".metadata.ownerReferences contains duplicate entries" + when
                + "; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix"
                + " your requests; duplicate UID(s) observed: " + String.join(", ", twice));
    }
}
