package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Ref;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One object at one revision: its tree, a header of what everybody asks for, and readings of it that are made once. Never
 * changed: what comes of {@link #json()} is to be copied before it is altered. Not thread safe because of the readings;
 * belongs to the thread of its {@link ClusterImage}.
 */
public final class ClusterObject {

    private final Ref ref;
    private final ObjectNode json;
    private final long createRevision;
    private final long revision;
    private final Instant seen;
    private final String uid;
    private final Map<String, String> labels;
    private final List<OwnerReference> owners;
    private final Optional<Instant> deletionTimestamp;
    private final Set<String> finalizers;
    private @Nullable Made readings;

    /** Few at a time, so a chain takes less memory than a map. */
    private record Made(
            Class<?> type, Object reading, @Nullable Made next) {}

    /**
     * An object as the store has it.
     *
     * @param ref its name
     * @param json its tree
     * @param createRevision the revision at which its key came into being
     * @param revision the revision of its last change
     * @param seen when this form of it came into the picture, by the clock of the one who watches
     */
    public ClusterObject(Ref ref, ObjectNode json, long createRevision, long revision, Instant seen) {
        this.ref = ref;
        this.json = json;
        this.createRevision = createRevision;
        this.revision = revision;
        this.seen = seen;
        JsonNode metadata = json.path("metadata");
        this.uid = Json.string(metadata, "uid").orElse("");
        this.labels = Map.copyOf(Json.strings(metadata, "labels"));
        this.owners = Json.items(metadata, "ownerReferences").stream()
                .map(ClusterObject::owner)
                .toList();
        this.deletionTimestamp = instant(metadata, "deletionTimestamp");
        this.finalizers = Json.items(metadata, "finalizers").stream()
                .map(finalizer -> finalizer.asString(""))
                .collect(Collectors.toUnmodifiableSet());
    }

    /**
     * As the constructor, from bytes, of which no more is read than a picture keeps.
     *
     * @throws MalformedJsonException if they are no object
     */
    public static ClusterObject read(Ref ref, byte[] stored, long createRevision, long revision, Instant seen) {
        ObjectNode json = Kept.isHeader(ref) ? Json.parseHeader(stored) : Json.parseUnmanaged(stored);
        return new ClusterObject(ref, json, createRevision, revision, seen);
    }

    private static OwnerReference owner(JsonNode node) {
        return new OwnerReference(
                node.path("apiVersion").asString(""),
                node.path("kind").asString(""),
                node.path("name").asString(""),
                node.path("uid").asString(""),
                node.path("controller").asBoolean(false),
                node.path("blockOwnerDeletion").asBoolean(false));
    }

    /** The time at a path of field names; empty if there is none, or it is no RFC 3339 time. */
    public static Optional<Instant> instant(JsonNode from, String... path) {
        return Json.string(from, path).flatMap(text -> {
            try {
                return Optional.of(Instant.parse(text));
            } catch (DateTimeException notATime) {
                return Optional.empty();
            }
        });
    }

    /** The same form of the object, with another tree. */
    ClusterObject with(ObjectNode tree) {
        return new ClusterObject(ref, tree, createRevision, revision, seen);
    }

    /** Its name. */
    public Ref ref() {
        return ref;
    }

    /** Its kind. */
    public Kind kind() {
        return ref.kind();
    }

    /** Its namespace, empty if its kind has none. */
    public String namespace() {
        return ref.namespace();
    }

    /** The last part of its name. */
    public String name() {
        return ref.name();
    }

    /** Its tree; not to be altered. */
    public ObjectNode json() {
        return json;
    }

    /** A part of its tree, a missing node if there is no such part; not to be altered. */
    public JsonNode at(String... path) {
        JsonNode node = json;
        for (String field : path) {
            node = node.path(field);
        }
        return node;
    }

    /** The revision at which its key came into being: with the key the identity of this incarnation in the store. */
    public long createRevision() {
        return createRevision;
    }

    /** The revision of its last change, which is its resourceVersion. */
    public long revision() {
        return revision;
    }

    /** When this form of it came into the picture, by the clock of the one who watches: immune to skew between machines. */
    public Instant seen() {
        return seen;
    }

    /** Its uid. */
    public String uid() {
        return uid;
    }

    /** Its labels. */
    public Map<String, String> labels() {
        return labels;
    }

    /** One annotation. */
    public Optional<String> annotation(String key) {
        return Json.string(json, "metadata", "annotations", key);
    }

    /** Whom it belongs to. */
    public List<OwnerReference> owners() {
        return owners;
    }

    /** The one owner that manages it. */
    public Optional<OwnerReference> controller() {
        return owners.stream().filter(OwnerReference::controller).findFirst();
    }

    /** Whether the owner that manages it is this object. */
    public boolean controlledBy(ClusterObject owner) {
        return controller()
                .filter(reference -> reference.uid().equals(owner.uid))
                .isPresent();
    }

    /** Whether somebody has asked for it to be deleted. */
    public boolean terminating() {
        return deletionTimestamp.isPresent();
    }

    /** When it is to be gone, if somebody has asked for that. */
    public Optional<Instant> deletionTimestamp() {
        return deletionTimestamp;
    }

    /** Names of those who must act before it may go. */
    public Set<String> finalizers() {
        return finalizers;
    }

    /** When it was created; the epoch if it does not say. */
    public Instant creationTimestamp() {
        return instant(json, "metadata", "creationTimestamp").orElse(Instant.EPOCH);
    }

    /** How often its wish has changed. */
    public long generation() {
        return Json.number(json, "metadata", "generation").orElse(0L);
    }

    /** A reading of this object, made at the first call and kept. */
    public <T> T reading(Class<T> type, Function<ClusterObject, T> read) {
        for (Made made = readings; made != null; made = made.next()) {
            if (made.type().equals(type)) {
                return type.cast(made.reading());
            }
        }
        T reading = read.apply(this);
        readings = new Made(type, reading, readings);
        return reading;
    }

    @Override
    public String toString() {
        return ref + "@" + revision;
    }
}
