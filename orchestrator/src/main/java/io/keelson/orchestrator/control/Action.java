package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** One step that a controller or the scheduler orders. Writes carry what they were based on, and fail if that has changed. */
public sealed interface Action {

    /** The object that it is about. */
    Ref ref();

    /**
     * Makes an object. The name follows from the inputs, so that doing it twice makes one.
     *
     * @param ref the new object's name
     * @param object all of it
     * @param onlyIf what must still be so, if anything
     */
    record Create(Ref ref, ObjectNode object, Optional<Condition> onlyIf) implements Action {}

    /**
     * Changes fields by a JSON merge patch.
     *
     * @param ref which object
     * @param ifRevision only if this is still its revision
     * @param patch what changes; null removes
     */
    record Patch(Ref ref, long ifRevision, ObjectNode patch) implements Action {}

    /**
     * Replaces what belongs to a subresource.
     *
     * @param ref which object
     * @param subresource {@code status} or {@code finalize}
     * @param ifRevision only if this is still its revision
     * @param object all of the object
     */
    record Update(Ref ref, String subresource, long ifRevision, ObjectNode object) implements Action {}

    /**
     * Asks for an object to be deleted.
     *
     * @param ref which object
     * @param ifUid only if it is still this one
     * @param grace time to end in, instead of the object's own; zero is at once
     * @param propagation what becomes of what it owns
     */
    record Delete(Ref ref, String ifUid, Optional<Duration> grace, Propagation propagation) implements Action {}

    /**
     * Gives a pod a node.
     *
     * @param ref the pod
     * @param ifRevision only if this is still the pod's revision
     * @param node the node's name
     */
    record Bind(Ref ref, long ifRevision, String node) implements Action {}

    /**
     * A timer: reconcile again. A later answer of the same reconcile takes its place.
     *
     * @param ref what to look at
     * @param at when, at the earliest
     */
    record LookAgain(Ref ref, Instant at) implements Action {}

    /**
     * Tells people what happened. Best effort: lost if it cannot be written at once.
     *
     * @param ref what it happened to
     * @param uid of that
     * @param type how bad it is
     * @param reason one word, as in Kubernetes: {@code ScalingReplicaSet}
     * @param message a sentence
     */
    record RecordEvent(Ref ref, String uid, EventType type, String reason, String message) implements Action {

        /** Something went as it should. */
        public static RecordEvent normal(ClusterObject about, String reason, String message) {
            return new RecordEvent(about.ref(), about.uid(), EventType.NORMAL, reason, message);
        }

        /** Something needs attention. */
        public static RecordEvent warning(ClusterObject about, String reason, String message) {
            return new RecordEvent(about.ref(), about.uid(), EventType.WARNING, reason, message);
        }
    }

    /**
     * A write, and what to tell people once it is done.
     *
     * @param write what to do
     * @param event what to tell if that went well
     */
    record Announced(Action write, RecordEvent event) implements Action {

        @Override
        public Ref ref() {
            return write.ref();
        }
    }

    /** What becomes of the objects that a deleted one owns. */
    enum Propagation {
        /** They are deleted afterwards. */
        BACKGROUND,
        /** They are deleted first. */
        FOREGROUND,
        /** They stay, without an owner. */
        ORPHAN
    }

    /** How bad an event is. */
    enum EventType {
        /** All is well. */
        NORMAL,
        /** Somebody should look. */
        WARNING
    }

    /** Something about another object that a write depends on. */
    sealed interface Condition {

        /** The other object. */
        Ref ref();

        /**
         * It is still there, in the same life: the same name made anew is another one.
         *
         * @param ref its name
         * @param createRevision when it came into being
         */
        record Exists(Ref ref, long createRevision) implements Condition {

            /** The life that this is a form of. */
            public static Exists of(ClusterObject object) {
                return new Exists(object.ref(), object.createRevision());
            }
        }

        /**
         * It has not changed.
         *
         * @param ref its name
         * @param revision its last change
         */
        record Unchanged(Ref ref, long revision) implements Condition {

            /** This form of it. */
            public static Unchanged of(ClusterObject object) {
                return new Unchanged(object.ref(), object.revision());
            }
        }
    }
}
