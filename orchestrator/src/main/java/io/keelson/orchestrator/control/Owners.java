package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.select.SelectorException;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Who manages what: the selector says who might, the controller reference says who does. */
final class Owners {

    private Owners() {}

    /** The {@code spec.selector} of a workload; empty if it selects nothing in particular or cannot be understood, so nothing is claimed. */
    static Optional<LabelSelector> selector(ClusterObject owner) {
        try {
            return Optional.of(LabelSelector.of(owner.at("spec", "selector")))
                    .filter(selector -> !selector.isEverything());
        } catch (SelectorException notUnderstood) {
            return Optional.empty();
        }
    }

    /** The objects of a kind that this owner manages. */
    static List<ClusterObject> controlled(Cluster cluster, ClusterObject owner, Kind kind) {
        return cluster.ownedBy(owner.uid()).stream()
                .filter(object -> object.kind().equals(kind)
                        && object.namespace().equals(owner.namespace())
                        && object.controlledBy(owner))
                .toList();
    }

    /**
     * Patches that adopt what nobody manages though the selector says this owner should, and that release what the selector says no
     * longer. A terminating owner does neither.
     */
    static List<Action> claims(
            Cluster cluster,
            ClusterObject owner,
            Kind kind,
            LabelSelector selector,
            Predicate<ClusterObject> adoptable) {
        List<Action> claims = new ArrayList<>();
        if (owner.terminating()) {
            return claims;
        }
        for (ClusterObject object : cluster.in(kind, owner.namespace())) {
            if (object.terminating()) {
                continue;
            }
            boolean matches = selector.matches(object.labels());
            if (object.controlledBy(owner) && !matches) {
                claims.add(withoutOwner(object, owner.uid()));
            } else if (matches && object.controller().isEmpty() && adoptable.test(object)) {
                claims.add(withOwner(object, owner));
            }
        }
        return claims;
    }

    /** The workloads of a kind whose selector matches an object that nobody manages. */
    static List<ClusterObject> candidates(Cluster cluster, ClusterObject orphan, Kind ownerKind) {
        if (orphan.controller().isPresent() || orphan.labels().isEmpty()) {
            return List.of();
        }
        return cluster.in(ownerKind, orphan.namespace()).stream()
                .filter(owner -> selector(owner)
                        .filter(selector -> selector.matches(orphan.labels()))
                        .isPresent())
                .toList();
    }

    /** A reference to the owner that manages an object. */
    static ObjectNode reference(ClusterObject owner) {
        return Json.object()
                .put("apiVersion", owner.kind().apiVersion())
                .put("kind", owner.kind().kind())
                .put("name", owner.name())
                .put("uid", owner.uid())
                .put("controller", true)
                .put("blockOwnerDeletion", true);
    }

    private static Action withOwner(ClusterObject object, ClusterObject owner) {
        ArrayNode references = Json.array();
        Json.items(object.json(), "metadata", "ownerReferences").forEach(references::add);
        return new Action.Patch(object.ref(), object.revision(), owners(references.add(reference(owner))));
    }

    /** A patch that takes one owner from an object. */
    static Action.Patch withoutOwner(ClusterObject object, String ownerUid) {
        return withoutOwners(object, List.of(ownerUid));
    }

    /** A patch that takes these owners from an object. */
    static Action.Patch withoutOwners(ClusterObject object, List<String> ownerUids) {
        ArrayNode references = Json.array();
        Json.items(object.json(), "metadata", "ownerReferences").stream()
                .filter(reference -> !ownerUids.contains(reference.path("uid").asString("")))
                .forEach(references::add);
        return new Action.Patch(object.ref(), object.revision(), owners(references));
    }

    private static ObjectNode owners(ArrayNode references) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").set("ownerReferences", references);
        return patch;
    }
}
