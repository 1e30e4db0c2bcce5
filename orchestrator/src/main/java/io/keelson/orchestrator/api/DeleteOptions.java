package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.registry.Propagation;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.Compare;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a delete is to be done.
 *
 * @param user who asks; the caller has made sure that it may
 * @param uid delete only the object with this uid
 * @param resourceVersion delete only if the object is at this revision
 * @param gracePeriodSeconds between the request to stop and the kill; 0: at once; empty: the object's own. Pods only
 * @param propagation what becomes of the objects that it owns
 * @param dryRun do everything but the commit
 * @param guards more conditions for the transaction, as in {@link WriteOptions}
 */
public record DeleteOptions(
        User user,
        Optional<String> uid,
        Optional<String> resourceVersion,
        Optional<Long> gracePeriodSeconds,
        Propagation propagation,
        boolean dryRun,
        List<Compare> guards) {

    /** Keeps its own copy of the guards. */
    public DeleteOptions {
        guards = List.copyOf(guards);
    }

    /** As Kubernetes' DeleteOptions say it, without their kind. */
    ObjectNode told() {
        ObjectNode told = Json.object();
        gracePeriodSeconds.ifPresent(seconds -> told.put("gracePeriodSeconds", seconds));
        uid.ifPresent(only -> Json.child(told, "preconditions").put("uid", only));
        resourceVersion.ifPresent(only -> Json.child(told, "preconditions").put("resourceVersion", only));
        told.put("propagationPolicy", propagation.word());
        if (dryRun) {
            told.putArray("dryRun").add("All");
        }
        return told;
    }

    /** A plain delete by a user. */
    public static DeleteOptions by(User user) {
        return new DeleteOptions(
                user, Optional.empty(), Optional.empty(), Optional.empty(), Propagation.BACKGROUND, false, List.of());
    }

    /** A delete by the control plane itself, of exactly this object, under guards. */
    public static DeleteOptions guarded(String uid, List<Compare> guards) {
        return new DeleteOptions(
                User.CONTROL_PLANE,
                Optional.of(uid),
                Optional.empty(),
                Optional.empty(),
                Propagation.BACKGROUND,
                false,
                guards);
    }

    /**
     * What a {@code meta.v1 DeleteOptions} says; empty fields say nothing.
     *
     * @param kind of what is to go, whose own way holds if the wish does not say what becomes of what it owns
     * @param dryRun also if the wish does not say so
     * @throws ApiException INVALID if it says what does not exist, or what does not go together
     */
    public static DeleteOptions wished(Kind kind, ObjectNode wish, boolean dryRun, User user) {
        String policy = Json.string(wish, "propagationPolicy").orElse("");
        Optional<Propagation> named = Propagation.of(policy);
        Optional<Boolean> orphaned = Json.at(wish, "orphanDependents").map(node -> node.booleanValue(false));
        List<JsonNode> dry = Json.items(wish, "dryRun");
        refuse(policy, named, orphaned, dry);
        Propagation unnamed =
                orphaned.orElse(kind.strategy().orphans().isPresent()) ? Propagation.ORPHAN : Propagation.BACKGROUND;
        return new DeleteOptions(
                user,
                Json.string(wish, "preconditions", "uid"),
                Json.string(wish, "preconditions", "resourceVersion"),
                Json.number(wish, "gracePeriodSeconds"),
                named.orElse(unnamed),
                dryRun || !dry.isEmpty(),
                List.of());
    }

    /** Whether a wish says what becomes of what the object owns. */
    public static boolean saysWhatBecomesOfDependents(ObjectNode wish) {
        return Json.at(wish, "orphanDependents").isPresent()
                || !Json.string(wish, "propagationPolicy").orElse("").isEmpty();
    }

    private static void refuse(
            String policy, Optional<Propagation> named, Optional<Boolean> orphaned, List<JsonNode> dry) {
        List<Cause> causes = new ArrayList<>();
        if (!policy.isEmpty() && orphaned.isPresent()) {
            causes.add(Cause.invalid(
                    "propagationPolicy",
                    "\"" + policy + "\"",
                    "orphanDependents and deletionPropagation cannot be both set"));
        }
        if (!policy.isEmpty() && named.isEmpty()) {
            causes.add(Cause.notSupported(
                    "propagationPolicy", "\"" + policy + "\"", List.of("Foreground", "Background", "Orphan", "nil")));
        }
        dry.stream()
                .filter(value -> !value.asString("").equals("All"))
                .forEach(value -> causes.add(Cause.notSupported("dryRun", value.toString(), List.of("All"))));
        if (!causes.isEmpty()) {
            throw new ApiException(Rejection.invalidOptions("DeleteOptions", causes));
        }
    }

    /** The same with another grace period. */
    public DeleteOptions withGracePeriodSeconds(long seconds) {
        return new DeleteOptions(user, uid, resourceVersion, Optional.of(seconds), propagation, dryRun, guards);
    }

    /** The same with another propagation. */
    public DeleteOptions withPropagation(Propagation other) {
        return new DeleteOptions(user, uid, resourceVersion, gracePeriodSeconds, other, dryRun, guards);
    }
}
