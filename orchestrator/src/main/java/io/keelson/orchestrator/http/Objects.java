package io.keelson.orchestrator.http;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Listing;
import io.keelson.orchestrator.api.ObjectVersion;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.ProtobufWriter;
import io.keelson.orchestrator.kind.Tables;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects in the form that a client asked for. */
final class Objects {

    private final InstantSource clock;

    Objects(InstantSource clock) {
        this.clock = clock;
    }

    /** How a client wants to see objects. */
    record Form(Representation representation, IncludeObject include) {

        static Form of(Exchange exchange, Kind kind) {
            boolean protobuf = kind.custom().isEmpty() && ProtobufWriter.knows(kind.apiVersion(), kind.kind());
            Representation representation = Representation.accepted(
                    exchange.header("Accept"),
                    protobuf
                            ? Set.of(Representation.PROTOBUF, Representation.PROTOBUF_METADATA)
                            : Set.of(Representation.PROTOBUF_METADATA));
            String include = exchange.query().text("includeObject");
            return new Form(
                    representation == Representation.DISCOVERY ? Representation.JSON : representation,
                    IncludeObject.of(include)
                            .orElseThrow(() -> ApiException.badRequest("Invalid value: \"" + include
                                    + "\": unrecognized includeObject value, must be one of None, Metadata, Object")));
        }
    }

    void reply(Exchange exchange, int code, Kind kind, ObjectNode object) {
        Form form = Form.of(exchange, kind);
        write(exchange, code, form, one(kind, object, form));
    }

    /** As it was written, if that is the form. */
    void reply(Exchange exchange, int code, Kind kind, Stored stored) {
        Form form = Form.of(exchange, kind);
        if (form.representation() == Representation.JSON) {
            exchange.replyJson(code, Representation.JSON.contentType(), stored.json());
        } else {
            write(exchange, code, form, one(kind, stored.object(), form));
        }
    }

    /** As it is stored, if that is the form. */
    void reply(Exchange exchange, int code, ObjectVersion version) {
        Form form = Form.of(exchange, version.kind());
        if (form.representation() == Representation.JSON) {
            exchange.replyJson(code, Representation.JSON.contentType(), version.json());
        } else {
            write(exchange, code, form, one(version.kind(), version.object(), form));
        }
    }

    /** One object, also as an event of a watch carries it. */
    ObjectNode one(Kind kind, ObjectNode object, Form form) {
        return switch (form.representation()) {
            case JSON, YAML, PROTOBUF, DISCOVERY -> object;
            case METADATA, METADATA_LIST, PROTOBUF_METADATA -> metadata(object);
            case TABLE -> {
                ObjectNode table = table(kind, List.of(object), form);
                Json.string(object, "metadata", "resourceVersion")
                        .ifPresent(version -> Json.child(table, "metadata").put("resourceVersion", version));
                yield table;
            }
        };
    }

    private ObjectNode table(Kind kind, List<ObjectNode> objects, Form form) {
        Instant now = clock.instant();
        return Tables.table(kind, objects, now, form.include());
    }

    private static ObjectNode metadata(ObjectNode object) {
        ObjectNode partial = Json.object().put("apiVersion", "meta.k8s.io/v1").put("kind", "PartialObjectMetadata");
        partial.set("metadata", Json.child(object, "metadata"));
        return partial;
    }

    void reply(Exchange exchange, Kind kind, Listing listing) {
        Form form = Form.of(exchange, kind);
        ObjectNode list = switch (form.representation()) {
            case TABLE -> table(kind, listing.items(), form);
            case METADATA, METADATA_LIST, PROTOBUF_METADATA ->
                list(
                        "meta.k8s.io/v1",
                        "PartialObjectMetadataList",
                        listing.items().stream().map(Objects::metadata).toList());
            case JSON, YAML, PROTOBUF, DISCOVERY -> list(kind.apiVersion(), kind.kind() + "List", listing.items());
        };
        ObjectNode metadata = Json.child(list, "metadata");
        metadata.put("resourceVersion", Long.toString(listing.revision()));
        if (!listing.continueToken().isEmpty()) {
            metadata.put("continue", listing.continueToken());
        }
        listing.remaining().ifPresent(count -> metadata.put("remainingItemCount", count));
        write(exchange, 200, form, list);
    }

    /** Whether a list in a form is written as it is read. */
    static boolean isStreamed(Exchange exchange, Form form, ListQuery query) {
        boolean possible = switch (form.representation()) {
            case JSON, PROTOBUF, METADATA, METADATA_LIST, TABLE, DISCOVERY -> true;
            case YAML, PROTOBUF_METADATA -> false;
        };
        return possible && Api.canStream(query) && !exchange.isAnswerNoted();
    }

    /** A list, written as it is read; as protobuf, which says first how long it is, when all is read. */
    void stream(Exchange exchange, Form form, Api api, ListQuery query) throws Exchange.GoneException {
        if (form.representation() == Representation.PROTOBUF) {
            var list = new ProtobufList(exchange, query.kind());
            api.stream(query, list);
            list.end();
        } else {
            var list = new WrittenList(exchange, listForm(form, query.kind()));
            api.stream(query, list);
            list.end();
        }
    }

    private ListForm listForm(Form form, Kind kind) {
        return switch (form.representation()) {
            case TABLE -> ListForm.table(kind, clock.instant(), form.include());
            case METADATA, METADATA_LIST -> ListForm.METADATA;
            case JSON, DISCOVERY, PROTOBUF, PROTOBUF_METADATA, YAML -> ListForm.objects(kind);
        };
    }

    private static ObjectNode list(String apiVersion, String kind, List<ObjectNode> items) {
        ObjectNode list = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        ArrayNode array = list.putArray("items");
        items.forEach(array::add);
        return list;
    }

    private static void write(Exchange exchange, int code, Form form, ObjectNode object) {
        Representation representation = form.representation();
        switch (representation) {
            case YAML -> exchange.reply(code, representation.contentType(), Yaml.fromJson(object));
            case PROTOBUF, PROTOBUF_METADATA ->
                exchange.reply(code, representation.contentType(), ProtobufWriter.write(object));
            case JSON, METADATA, METADATA_LIST, TABLE, DISCOVERY ->
                exchange.replyJson(code, "application/json", object);
        }
    }
}
