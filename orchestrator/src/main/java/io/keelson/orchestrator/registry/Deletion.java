package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.custom.DefinitionKind;
import io.keelson.orchestrator.kind.InitialState;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** How objects end: at once, after a grace period (pods), or when their finalizers are gone. */
public final class Deletion {

    /** In {@code spec.finalizers} of a namespace until it is empty. */
    public static final String NAMESPACE_FINALIZER = InitialState.NAMESPACE_FINALIZER;

    /** Holds an object until everything it owns is gone. */
    public static final String FOREGROUND_FINALIZER = "foregroundDeletion";

    /** Holds an object until what it owns has no owner any more. */
    public static final String ORPHAN_FINALIZER = "orphan";

    /** Seconds, for a pod that does not say. */
    private static final long DEFAULT_GRACE_SECONDS = 30;

    /** Some 292 years, the longest that Kubernetes can count; whoever asks for more gets this. */
    private static final long LONGEST_GRACE_SECONDS = Long.MAX_VALUE / 1_000_000_000;

    /** Without these nothing works. */
    private static final Set<String> SYSTEM_NAMESPACES = Set.of("default", "kube-system", "kube-public");

    private Deletion() {}

    /**
     * What the caller of a delete wants.
     *
     * @param uid only the object with this uid
     * @param resourceVersion only at this revision
     * @param gracePeriodSeconds for pods; empty for the pod's own
     * @param propagation what becomes of what it owns
     */
    public record Wish(
            Optional<String> uid,
            Optional<String> resourceVersion,
            Optional<Long> gracePeriodSeconds,
            Propagation propagation) {}

    /** Removes the object, or begins its end, or leaves it as it is when its end has begun already. */
    public static Prepared delete(Kind kind, ObjectNode live, Wish wish, Instant now) {
        Optional<Rejection> refused = refusal(kind, live, wish);
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode object = live.deepCopy();
        Metadata.of(object).remove("resourceVersion");
        ObjectNode before = object.deepCopy();
        long grace = kind.equals(Kinds.POD) ? grace(object, wish.gracePeriodSeconds()) : 0;
        begin(object, grace, now);
        Metadata.setFinalizers(object, finalizers(Metadata.finalizers(object), wish.propagation()));
        if (kind.equals(Kinds.NAMESPACE)) {
            Json.child(object, "status").put("phase", "Terminating");
        }
        if (kind.equals(Kinds.CUSTOM_RESOURCE_DEFINITION)) {
            DefinitionKind.beginEnd(object, Metadata.time(now));
        }
        if (complete(kind, object)) {
            return new Prepared.Remove(object);
        }
        if (Arrays.equals(Json.write(before), Json.write(object))) {
            return new Prepared.Unchanged(List.of());
        }
        if (Json.number(object, "metadata", "generation").isPresent()) {
            Metadata.bumpGeneration(object);
        }
        return new Prepared.Store(object, List.of());
    }

    private static Optional<Rejection> refusal(Kind kind, ObjectNode live, Wish wish) {
        String name = Metadata.name(live);
        String uid = Json.string(live, "metadata", "uid").orElse("");
        if (wish.uid().isPresent() && !wish.uid().get().equals(uid)) {
            return Optional.of(Rejection.conflict(
                    kind,
                    name,
                    "Precondition failed: UID in precondition: " + wish.uid().get() + ", UID in object meta: " + uid));
        }
        String version = Json.string(live, "metadata", "resourceVersion").orElse("");
        if (wish.resourceVersion().isPresent() && !wish.resourceVersion().get().equals(version)) {
            return Optional.of(Rejection.conflict(
                    kind,
                    name,
                    "Precondition failed: ResourceVersion in precondition: "
                            + wish.resourceVersion().get() + ", ResourceVersion in object meta: " + version));
        }
        if (wish.gracePeriodSeconds().filter(seconds -> seconds < 0).isPresent()) {
            return Optional.of(Rejection.badRequest(
                    kind,
                    name,
                    "gracePeriodSeconds must not be negative, but is "
                            + wish.gracePeriodSeconds().get()));
        }
        if (kind.equals(Kinds.NAMESPACE) && SYSTEM_NAMESPACES.contains(name)) {
            return Optional.of(Rejection.forbidden(kind, name, "this namespace may not be deleted"));
        }
        return Optional.empty();
    }

    /** A pod that no node has, or that has ended, need not be stopped. */
    private static long grace(ObjectNode pod, Optional<Long> wanted) {
        boolean bound = Json.string(pod, "spec", "nodeName")
                .filter(node -> !node.isEmpty())
                .isPresent();
        String phase = Json.string(pod, "status", "phase").orElse("");
        if (!bound || phase.equals("Succeeded") || phase.equals("Failed")) {
            return 0;
        }
        long seconds = wanted.orElse(
                Json.number(pod, "spec", "terminationGracePeriodSeconds").orElse(DEFAULT_GRACE_SECONDS));
        return Math.min(seconds, LONGEST_GRACE_SECONDS);
    }

    /** Sets when the object must have ended; a later delete may only make it sooner. */
    private static void begin(ObjectNode object, long grace, Instant now) {
        ObjectNode metadata = Metadata.of(object);
        Optional<Instant> ends = Json.string(metadata, "deletionTimestamp").map(Instant::parse);
        if (ends.isEmpty()) {
            metadata.put("deletionTimestamp", Metadata.time(now.plusSeconds(grace)));
            metadata.put("deletionGracePeriodSeconds", grace);
            return;
        }
        long before = Json.number(metadata, "deletionGracePeriodSeconds").orElse(0L);
        if (grace < before) {
            Instant asked = ends.get().minusSeconds(before);
            metadata.put("deletionTimestamp", Metadata.time(asked.plusSeconds(grace)));
            metadata.put("deletionGracePeriodSeconds", grace);
        }
    }

    private static List<String> finalizers(List<String> before, Propagation propagation) {
        List<String> after = new ArrayList<>(before);
        switch (propagation) {
            case BACKGROUND -> after.removeAll(List.of(FOREGROUND_FINALIZER, ORPHAN_FINALIZER));
            case FOREGROUND -> replace(after, ORPHAN_FINALIZER, FOREGROUND_FINALIZER);
            case ORPHAN -> replace(after, FOREGROUND_FINALIZER, ORPHAN_FINALIZER);
        }
        return after;
    }

    private static void replace(List<String> finalizers, String old, String wanted) {
        finalizers.remove(old);
        if (!finalizers.contains(wanted)) {
            finalizers.add(wanted);
        }
    }

    /** Whether nothing holds an object any more whose end has begun. */
    static boolean complete(Kind kind, ObjectNode object) {
        if (!Metadata.terminating(object) || !Metadata.finalizers(object).isEmpty()) {
            return false;
        }
        if (kind.equals(Kinds.NAMESPACE)
                && !Json.items(object, "spec", "finalizers").isEmpty()) {
            return false;
        }
        // The node stops a pod and then says so by a delete with grace 0.
        return Json.number(object, "metadata", "deletionGracePeriodSeconds").orElse(0L) == 0;
    }
}
