package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.store.Kv;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Who has a say in writes beside the kind's own rules. Thread safe. */
@FunctionalInterface
public interface Admission {

    /** Admits everything as it is. */
    Admission NONE = _ -> new Pass() {
        @Override
        public ObjectNode mutate(Optional<ObjectNode> live, ObjectNode object) {
            return object;
        }

        @Override
        public Terms validate(String name, Optional<ObjectNode> live, Optional<ObjectNode> object) {
            return Terms.NONE;
        }

        @Override
        public void close() {}
    };

    /**
     * A write that somebody wants.
     *
     * @param operation what it does
     * @param kind of the object
     * @param namespace empty for cluster-scoped kinds
     * @param subresource empty for the object itself
     * @param user who asks
     * @param dryRun whether everything is done but the commit
     * @param options what the writer said of how to do it, with the fields of Kubernetes' options for the operation, without their kind
     * @param basis of what state it is to be judged
     */
    record Intent(
            Operation operation,
            Kind kind,
            String namespace,
            String subresource,
            User user,
            boolean dryRun,
            ObjectNode options,
            Basis basis) {}

    /** Of what state of the store a write is decided. */
    enum Basis {
        /**
         * What this replica has, which nearly always is the newest. The commit guards all of it, so that a write that goes through was decided
         * by the newest; any other decision may be wrong, and is made again by {@link #NEWEST}.
         */
        HERE,
        /** What was the newest when the attempt began, or later. */
        NEWEST
    }

    /**
     * Under which terms a write is admitted.
     *
     * @param unchanged keys that must still be at these revisions, 0: absent
     * @param ranges begins of keys under which nothing may have been written after these revisions
     * @param also objects to write in the same transaction; their own keys are in {@code unchanged}
     * @param warnings for the writer
     */
    record Terms(
            Map<String, Long> unchanged, Map<String, Long> ranges, Map<Ref, ObjectNode> also, List<String> warnings) {

        /** Without any. */
        public static final Terms NONE = new Terms(Map.of(), Map.of(), Map.of(), List.of());

        /** Keeps its own copies. */
        public Terms {
            unchanged = Map.copyOf(unchanged);
            ranges = Map.copyOf(ranges);
            also = Map.copyOf(also);
            warnings = List.copyOf(warnings);
        }

        /** The same, and these keys must still be at these revisions. Of what was read twice, the first must hold: it was decided by, too. */
        Terms with(Map<String, Long> more) {
            Map<String, Long> all = new HashMap<>(unchanged);
            more.forEach((key, at) -> all.merge(key, at, Math::min));
            return new Terms(all, ranges, also, warnings);
        }

        /** All warnings, these first. */
        List<String> after(List<String> first) {
            return Stream.concat(first.stream(), warnings.stream()).toList();
        }
    }

    /** The same over another store: a draft of writes that belong together, which each of them must see. */
    default Admission over(Kv other) {
        return this;
    }

    /** The same for writes of which none will be stored: everybody is told so. */
    default Admission rehearsing() {
        return intent -> {
            ObjectNode options = intent.options().deepCopy();
            options.putArray("dryRun").add("All");
            return begin(new Intent(
                    intent.operation(),
                    intent.kind(),
                    intent.namespace(),
                    intent.subresource(),
                    intent.user(),
                    true,
                    options,
                    intent.basis()));
        };
    }

    /**
     * Judges what is sent to a subresource and stored nowhere, and may change it: what somebody wants who connects to what runs in an object, such
     * as {@code PodExecOptions}, or what is created below an object, such as an Eviction. Built-in plugins have no say in it.
     *
     * @param name of the object
     * @param sent of a kind that belongs to the subresource; never changed
     * @return what is left of it, of the same kind, and what the sender should know
     * @throws ApiException if it is refused
     */
    default Judged judge(Intent intent, String name, ObjectNode sent) {
        return new Judged(sent, List.of());
    }

    /**
     * What was sent as those leave it who have a say.
     *
     * @param object of the same kind as what was sent
     * @param warnings for the sender
     */
    record Judged(ObjectNode object, List<String> warnings) {

        /** Keeps its own copy. */
        public Judged {
            warnings = List.copyOf(warnings);
        }
    }

    /** Begins the admission of one attempt at a write; another attempt reads everything anew. */
    Pass begin(Intent intent);

    /** One attempt. Of one thread; to be closed when the write is committed or given up. */
    interface Pass extends AutoCloseable {

        /**
         * The object as those make it who may change it.
         *
         * @param live what is stored; empty for a new object
         * @param object what is to be stored, with all defaults; not used any more by the caller. Through a subresource: what was sent to it, which is
         *     the caller's
         * @throws ApiException if the write is refused
         */
        ObjectNode mutate(Optional<ObjectNode> live, ObjectNode object);

        /**
         * Judges what is to be stored.
         *
         * @param name of the object, which is known by now
         * @param live what is stored; empty for a new object
         * @param object what is to be stored; empty for a delete
         * @throws ApiException if the write is refused
         */
        Terms validate(String name, Optional<ObjectNode> live, Optional<ObjectNode> object);

        @Override
        void close();
    }
}
