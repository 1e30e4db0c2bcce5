package io.keelson.orchestrator.http;

import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Stamped;
import io.keelson.orchestrator.kind.Tables;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a list is written object by object.
 *
 * @param head what the list says before its items; not to be altered
 * @param items name of the field that holds them
 * @param item what is written for an object
 */
record ListForm(ObjectNode head, String items, Item item) {

    /** The metadata of objects alone. */
    static final ListForm METADATA =
            new ListForm(head("meta.k8s.io/v1", "PartialObjectMetadataList"), "items", ListForm::metadata);

    private static final byte[] METADATA_BEGIN =
            bytes("{\"apiVersion\":\"meta.k8s.io/v1\",\"kind\":\"PartialObjectMetadata\",\"metadata\":");
    private static final byte[] OBJECT = bytes(",\"object\":");
    private static final byte[] END = bytes("}");

    /** What is written for an object. */
    @FunctionalInterface
    interface Item {
        /** Parts that follow each other. */
        List<byte[]> parts(byte[] object);
    }

    /** The objects as they are. */
    static ListForm objects(Kind kind) {
        return new ListForm(head(kind.apiVersion(), kind.kind() + "List"), "items", List::of);
    }

    private static ObjectNode head(String apiVersion, String kind) {
        return Json.object().put("apiVersion", apiVersion).put("kind", kind);
    }

    private static List<byte[]> metadata(byte[] object) {
        return List.of(METADATA_BEGIN, Stamped.metadata(object), END);
    }

    /** Rows of a table. Objects are read as trees for their cells only, and what goes along with the cells is copied. */
    static ListForm table(Kind kind, Instant now, IncludeObject include) {
        return new ListForm(Tables.head(kind), "rows", object -> {
            byte[] row = Json.write(Tables.row(kind, Json.parseUnmanaged(object), now));
            byte[] open = Arrays.copyOf(row, row.length - 1);
            return switch (include) {
                case NONE -> List.of(row);
                case METADATA -> List.of(open, OBJECT, METADATA_BEGIN, Stamped.metadata(object), END, END);
                case OBJECT -> List.of(open, OBJECT, object, END);
            };
        });
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
