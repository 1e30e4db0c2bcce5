package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.fields.FieldManager;
import io.keelson.orchestrator.fields.FieldPath;
import io.keelson.orchestrator.fields.FieldSet;
import io.keelson.orchestrator.fields.FieldType;
import io.keelson.orchestrator.fields.FieldsException;
import io.keelson.orchestrator.fields.ManagedFields;
import io.keelson.orchestrator.fields.Manager;
import io.keelson.orchestrator.fields.Scope;
import io.keelson.orchestrator.fields.Write;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Schema;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps {@code metadata.managedFields} of what is about to be stored: who set which field. For applies see {@link ServerSideApply}. */
public final class Tracking {

    private static final String FIELD = "managedFields";
    private static final FieldSet STATUS = FieldSet.of(FieldPath.of("status"));
    private static final FieldSet FINALIZERS = FieldSet.of(FieldPath.of("spec", "finalizers"));

    private Tracking() {}

    /** What is to be stored, when others have changed it. */
    @FunctionalInterface
    public interface Preparation {
        /** Prepares it. */
        Prepared with(Mutation mutation);
    }

    /**
     * A new object with its first owner. What others add to it, such as admission, is nobody's.
     *
     * @param incoming what was sent; ownership that it carries, such as an object from a backup, stays
     * @param mutation what others make of it
     */
    public static Prepared created(
            Kind kind, ObjectNode incoming, Writer writer, Mutation mutation, Preparation preparation) {
        var before = new BeforeOthers(
                mutation,
                object -> FieldManager.create(
                        type(kind), write(kind, "", writer), object, carried(incoming, ManagedFields.NONE)));
        Prepared prepared = preparation.with(before);
        return prepared instanceof Prepared.Store store
                ? new Prepared.Store(before.owned(store.object()), store.warnings())
                : prepared;
    }

    /**
     * A changed object with its owners. What others change beside in the object itself, such as admission, is nobody's; what they make of what was
     * sent to a subresource is the writer's.
     *
     * @param subresource through which it was changed
     * @param live the object as it is stored
     * @param incoming what was sent; through the object's own endpoint ownership can be set by it, and with an empty list or an empty
     *     entry be forgotten
     * @param mutation what others make of it
     */
    public static Prepared updated(
            Kind kind,
            String subresource,
            ObjectNode live,
            ObjectNode incoming,
            Writer writer,
            Mutation mutation,
            Preparation preparation) {
        Owning owning = object -> owners(kind, subresource, live, incoming, object, writer);
        var before = new BeforeOthers(mutation, owning);
        Prepared prepared = preparation.with(subresource.isEmpty() ? before : mutation);
        return switch (prepared) {
            case Prepared.Refuse _, Prepared.Remove _ -> prepared;
            // As in Kubernetes: where a pod runs is no wish, and belongs to nobody.
            case Prepared.Store _ when subresource.equals("binding") -> prepared;
            case Prepared.Store store -> new Prepared.Store(before.owned(store.object()), store.warnings());
            case Prepared.Unchanged unchanged -> {
                if (!subresource.isEmpty() || !setsOwners(live, incoming)) {
                    yield prepared;
                }
                ObjectNode object = owned(live.deepCopy(), owning);
                Metadata.of(object).remove("resourceVersion");
                boolean same = entries(live).equals(entries(object));
                yield same ? prepared : new Prepared.Store(object, unchanged.warnings());
            }
        };
    }

    /** Who owns what of an object. */
    @FunctionalInterface
    private interface Owning {
        ManagedFields of(ObjectNode object);
    }

    /** Sees who owns what before others change an object. */
    private static final class BeforeOthers implements Mutation {

        private final Mutation others;
        private final Owning owning;
        private Optional<ManagedFields> owners = Optional.empty();

        BeforeOthers(Mutation others, Owning owning) {
            this.others = others;
            this.owning = owning;
        }

        @Override
        public ObjectNode apply(Optional<ObjectNode> live, ObjectNode object) {
            try {
                owners = Optional.of(owning.of(object));
            } catch (FieldsException e) {
                // An oddity of a list, which validation refuses, or others mend.
                owners = Optional.empty();
            }
            return others.apply(live, object);
        }

        ObjectNode owned(ObjectNode object) {
            return owners.map(known -> tracked(object, known)).orElseGet(() -> Tracking.owned(object, owning));
        }
    }

    private static ObjectNode owned(ObjectNode object, Owning owning) {
        try {
            return tracked(object, owning.of(object));
        } catch (FieldsException e) {
            // Validation has passed, so it is an oddity of a list. The object is worth more than the record of who
            // wrote it.
            return object;
        }
    }

    private static boolean setsOwners(ObjectNode live, ObjectNode incoming) {
        JsonNode sent = incoming.path("metadata").path(FIELD);
        return sent.isArray() && !sent.equals(live.path("metadata").path(FIELD));
    }

    private static ManagedFields owners(
            Kind kind, String subresource, ObjectNode live, ObjectNode incoming, ObjectNode object, Writer writer) {
        ManagedFields known = known(live);
        ManagedFields owners = subresource.isEmpty() && setsOwners(live, incoming) ? carried(incoming, known) : known;
        return FieldManager.update(type(kind), write(kind, subresource, writer), live, object, owners);
    }

    /** Sets the record of who owns what. */
    static ObjectNode tracked(ObjectNode object, ManagedFields owners) {
        ArrayNode entries = owners.encode();
        if (entries.isEmpty()) {
            Metadata.of(object).remove(FIELD);
        } else {
            Metadata.of(object).set(FIELD, entries);
        }
        return object;
    }

    static List<JsonNode> entries(ObjectNode object) {
        return Json.items(object, "metadata", FIELD);
    }

    /** The owners in a stored object; nobody if the record is not readable. */
    static ManagedFields known(ObjectNode live) {
        try {
            return ManagedFields.decode(entries(live));
        } catch (FieldsException e) {
            return ManagedFields.NONE;
        }
    }

    /** The owners in what was sent: nobody if that says so, and those that are known if it cannot be read. */
    private static ManagedFields carried(ObjectNode incoming, ManagedFields known) {
        JsonNode sent = incoming.path("metadata").path(FIELD);
        boolean reset = sent.isArray() && (sent.isEmpty() || (sent.size() == 1 && isEmptyObject(sent.get(0))));
        if (reset) {
            return ManagedFields.NONE;
        }
        try {
            ManagedFields carried = ManagedFields.decode(entries(incoming));
            return carried.isEmpty() ? known : carried;
        } catch (FieldsException e) {
            return known;
        }
    }

    private static boolean isEmptyObject(JsonNode entry) {
        return entry.isObject() && entry.isEmpty();
    }

    static FieldType type(Kind kind) {
        return FieldType.of(Schema.shape(kind));
    }

    private static Write write(Kind kind, String subresource, Writer writer) {
        Manager manager = Manager.updating(writer.manager(), kind.apiVersion(), subresource);
        return new Write(
                manager,
                kind.apiVersion(),
                scope(kind, subresource),
                Metadata.time(writer.now()),
                kind.custom().isPresent());
    }

    /** Which fields a write through an endpoint can set; the others it does not change, whatever was sent. */
    static Scope scope(Kind kind, String subresource) {
        return switch (subresource) {
            case "" -> {
                FieldSet status = kind.subresources().contains("status") ? STATUS : FieldSet.EMPTY;
                yield new Scope.AllBut(kind.equals(Kinds.NAMESPACE) ? status.union(FINALIZERS) : status);
            }
            case "status" -> new Scope.Only(STATUS);
            case "finalize" -> new Scope.Only(FINALIZERS);
            default -> new Scope.AllBut(FieldSet.EMPTY);
        };
    }
}
