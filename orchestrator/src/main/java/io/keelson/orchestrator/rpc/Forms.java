package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Listing;
import io.keelson.orchestrator.api.ObjectVersion;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.Object;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects in messages: as a Struct for people, as JSON bytes for programs. */
final class Forms {

    /** A double holds every whole number up to here. */
    private static final double MAX_EXACT = 9_007_199_254_740_992d;

    private Forms() {}

    static Object object(ObjectNode object, Encoding encoding) {
        return switch (encoding) {
            case ENCODING_JSON ->
                Object.newBuilder()
                        .setJson(ByteString.copyFrom(Json.write(object)))
                        .build();
            case ENCODING_STRUCT, UNRECOGNIZED ->
                Object.newBuilder().setStruct(struct(object)).build();
        };
    }

    /** As the other one, from stored bytes where that is what is wanted. */
    static Object object(ObjectVersion version, Encoding encoding) {
        return encoding == Encoding.ENCODING_JSON
                ? Object.newBuilder()
                        .setJson(ByteString.copyFrom(version.json()))
                        .build()
                : object(version.object(), encoding);
    }

    /** As the first one, from what was written where that is what is wanted. */
    static Object object(Stored stored, Encoding encoding) {
        return encoding == Encoding.ENCODING_JSON
                ? Object.newBuilder()
                        .setJson(ByteString.copyFrom(stored.json()))
                        .build()
                : object(stored.object(), encoding);
    }

    /** A list, as objects or as a table of them, with ages as of now. */
    static ListResponse listing(Kind kind, Listing listing, boolean asTable, Encoding encoding, Instant now) {
        ListResponse.Builder response =
                ListResponse.newBuilder().setRevision(listing.revision()).setContinue(listing.continueToken());
        if (asTable) {
            response.setTable(object(Tables.table(kind, listing.items(), now, IncludeObject.METADATA), encoding));
        } else {
            listing.items().forEach(item -> response.addItems(object(item, encoding)));
        }
        return response.build();
    }

    /**
     * The object in a message.
     *
     * @throws ApiException BAD_REQUEST if there is none, or it is not JSON, nor could be
     */
    static Json.Decoded decoded(Object message) {
        return switch (message.getFormCase()) {
            case STRUCT -> new Json.Decoded(node(message.getStruct()), List.of());
            case JSON -> decoded(message.getJson());
            case FORM_NOT_SET -> throw ApiException.badRequest("the request has no object");
        };
    }

    static Json.Decoded decoded(ByteString json) {
        try {
            return Json.decode(json.toByteArray());
        } catch (MalformedJsonException e) {
            throw ApiException.badRequest("the object " + e.getMessage());
        }
    }

    private static Struct struct(ObjectNode object) {
        Struct.Builder struct = Struct.newBuilder();
        object.properties().forEach(field -> struct.putFields(field.getKey(), value(field.getValue())));
        return struct.build();
    }

    private static Value value(JsonNode node) {
        Value.Builder value = Value.newBuilder();
        if (node instanceof ObjectNode object) {
            value.setStructValue(struct(object));
        } else if (node instanceof ArrayNode list) {
            ListValue.Builder values = ListValue.newBuilder();
            list.forEach(item -> values.addValues(value(item)));
            value.setListValue(values);
        } else if (node.isString()) {
            value.setStringValue(node.stringValue());
        } else if (node.isNumber()) {
            value.setNumberValue(node.doubleValue());
        } else if (node.isBoolean()) {
            value.setBoolValue(node.booleanValue());
        } else {
            value.setNullValue(NullValue.NULL_VALUE);
        }
        return value.build();
    }

    private static ObjectNode node(Struct struct) {
        ObjectNode object = Json.object();
        for (Map.Entry<String, Value> field : struct.getFieldsMap().entrySet()) {
            put(object, field.getKey(), field.getValue());
        }
        return object;
    }

    private static void put(ObjectNode object, String name, Value value) {
        ArrayNode one = Json.array();
        add(one, value);
        object.set(name, one.get(0));
    }

    private static void add(ArrayNode list, Value value) {
        switch (value.getKindCase()) {
            case STRING_VALUE -> list.add(value.getStringValue());
            case BOOL_VALUE -> list.add(value.getBoolValue());
            case STRUCT_VALUE -> list.add(node(value.getStructValue()));
            case NULL_VALUE, KIND_NOT_SET -> list.addNull();
            case LIST_VALUE -> {
                ArrayNode inner = list.addArray();
                value.getListValue().getValuesList().forEach(item -> add(inner, item));
            }
            case NUMBER_VALUE -> {
                double number = value.getNumberValue();
                if (!Double.isFinite(number)) {
                    throw ApiException.badRequest("the object has a number that JSON has not: " + number);
                } else if (number != Math.rint(number) || Math.abs(number) > MAX_EXACT) {
                    list.add(number);
                } else if (Math.abs(number) <= Integer.MAX_VALUE) {
                    list.add((int) number);
                } else {
                    list.add((long) number);
                }
            }
        }
    }
}
