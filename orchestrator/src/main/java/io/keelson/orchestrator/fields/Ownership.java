package io.keelson.orchestrator.fields;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What one manager owns. That of a stored object stays in the form in which it was read, and is read as a set when somebody needs that: most
 * writes do not touch what others own. Immutable.
 */
public final class Ownership {

    private final Optional<JsonNode> encoded;
    private final String apiVersion;
    private final String time;

    /** Read when first needed; threads that race read the same. */
    private @Nullable FieldSet fields;

    private Ownership(Optional<JsonNode> encoded, @Nullable FieldSet fields, String apiVersion, String time) {
        this.encoded = encoded;
        this.fields = fields;
        this.apiVersion = apiVersion;
        this.time = time;
    }

    /**
     * Of a set.
     *
     * @param fields what the manager owns
     * @param apiVersion in which the fields are named
     * @param time when it last changed something, in RFC 3339 form; empty if that is not known
     */
    public Ownership(FieldSet fields, String apiVersion, String time) {
        this(Optional.empty(), fields, apiVersion, time);
    }

    /**
     * Of a set as Kubernetes writes it, which must not be changed any more.
     *
     * @throws FieldsException if it is not such a tree
     */
    static Ownership decode(JsonNode fields, String apiVersion, String time) {
        return EncodedFields.isPlain(fields)
                ? new Ownership(Optional.of(fields), null, apiVersion, time)
                : new Ownership(FieldsV1.decode(fields), apiVersion, time);
    }

    /** What it owns. */
    public FieldSet fields() {
        FieldSet known = fields;
        if (known == null) {
            known = encoded.map(FieldsV1::decode).orElse(FieldSet.EMPTY);
            fields = known;
        }
        return known;
    }

    /** In which version the fields are named. */
    public String apiVersion() {
        return apiVersion;
    }

    /** When it last changed something, in RFC 3339 form; empty if that is not known. */
    public String time() {
        return time;
    }

    boolean isEmpty() {
        return encoded.map(JsonNode::isEmpty).orElseGet(() -> fields().isEmpty());
    }

    /** What it owns of a set. */
    FieldSet within(FieldSet set) {
        return encoded.isPresent() && !EncodedFields.meets(encoded.get(), set)
                ? FieldSet.EMPTY
                : fields().intersection(set);
    }

    /** Without fields that others own now. */
    Ownership without(FieldSet others) {
        return encoded.isPresent() && !EncodedFields.meets(encoded.get(), others)
                ? this
                : new Ownership(fields().difference(others), apiVersion, time);
    }

    /** With more fields, owned since a time. */
    Ownership with(FieldSet more, String version, String since) {
        return encoded.isPresent() && EncodedFields.hasAll(encoded.get(), more)
                ? new Ownership(encoded, fields, version, since)
                : new Ownership(fields().union(more), version, since);
    }

    /** The set as Kubernetes writes it. */
    JsonNode encode() {
        return encoded.orElseGet(() -> FieldsV1.encode(fields()));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Ownership that
                && apiVersion.equals(that.apiVersion)
                && time.equals(that.time)
                && ((encoded.isPresent() && encoded.equals(that.encoded)) || fields().equals(that.fields()));
    }

    @Override
    public int hashCode() {
        return Objects.hash(fields(), apiVersion, time);
    }

    @Override
    public String toString() {
        return "Ownership[fields=" + fields() + ", apiVersion=" + apiVersion + ", time=" + time + "]";
    }
}
