package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import java.util.List;
import java.util.Random;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Structural schemas, and objects that fit them or not, from a seed. */
final class Schemas {

    private static final List<String> NAMES = List.of("alpha", "beta", "gamma", "delta");

    private final Random random;

    Schemas(Random random) {
        this.random = random;
    }

    /** A schema of an object, whose defaults are values of it. */
    ObjectNode root() {
        ObjectNode schema = object(3);
        schema.remove(List.of("default", "nullable"));
        return schema;
    }

    private ObjectNode object(int depth) {
        ObjectNode schema = Json.object().put("type", "object");
        if (random.nextInt(4) == 0) {
            schema.set("additionalProperties", schema(depth - 1));
        } else {
            ObjectNode properties = schema.putObject("properties");
            for (String name : NAMES) {
                if (random.nextBoolean()) {
                    properties.set(name, schema(depth - 1));
                }
            }
            if (random.nextInt(4) == 0) {
                schema.put("x-kubernetes-preserve-unknown-fields", true);
            }
        }
        return schema;
    }

    private ObjectNode schema(int depth) {
        ObjectNode schema = switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0 -> Json.object().put("type", "string").put("maxLength", 12);
            case 1 -> Json.object().put("type", "integer").put("minimum", -5).put("maximum", 20);
            case 2 -> Json.object().put("type", "boolean");
            case 3 -> Json.object().put("type", "number");
            case 4 -> Json.object().put("x-kubernetes-int-or-string", true);
            case 5 -> {
                ObjectNode list = Json.object().put("type", "array").put("maxItems", 5);
                list.set("items", schema(depth - 1));
                yield list;
            }
            default -> object(depth);
        };
        if (random.nextInt(4) == 0) {
            schema.put("nullable", true);
        }
        if (random.nextInt(3) == 0) {
            schema.set("default", value(schema));
        }
        return schema;
    }

    /** A value that fits. */
    JsonNode value(JsonNode schema) {
        if (schema.path("x-kubernetes-int-or-string").booleanValue(false)) {
            return random.nextBoolean() ? number(random.nextInt(10)) : text();
        }
        return switch (schema.path("type").asString("")) {
            case "string" -> text();
            case "integer" -> number(random.nextInt(10));
            case "boolean" -> Json.array().add(random.nextBoolean()).get(0);
            case "number" -> Json.array().add(random.nextInt(100) / 8.0 + 0.1).get(0);
            case "array" -> {
                ArrayNode list = Json.array();
                for (int i = random.nextInt(3); i > 0; i--) {
                    list.add(value(schema.path("items")));
                }
                yield list;
            }
            default -> {
                ObjectNode object = Json.object();
                if (schema.has("additionalProperties")) {
                    for (String name : NAMES) {
                        if (random.nextInt(3) == 0) {
                            object.set(name, value(schema.path("additionalProperties")));
                        }
                    }
                }
                schema.path("properties").properties().forEach(property -> {
                    if (random.nextBoolean()) {
                        object.set(property.getKey(), value(property.getValue()));
                    }
                });
                yield object;
            }
        };
    }

    private static JsonNode number(int number) {
        return Json.array().add(number).get(0);
    }

    private JsonNode text() {
        return Json.array().add("t" + random.nextInt(100)).get(0);
    }

    /** Any value at all. */
    JsonNode anything(int depth) {
        return switch (random.nextInt(depth > 0 ? 8 : 5)) {
            case 0 -> text();
            case 1 -> number(random.nextInt(100) - 50);
            case 2 -> Json.array().add(random.nextBoolean()).get(0);
            case 3 -> Json.array().addNull().get(0);
            case 4 -> Json.array().add(random.nextDouble()).get(0);
            case 5 -> {
                ArrayNode list = Json.array();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(anything(depth - 1));
                }
                yield list;
            }
            default -> {
                ObjectNode object = Json.object();
                for (String name : NAMES) {
                    if (random.nextBoolean()) {
                        object.set(name, anything(depth - 1));
                    }
                }
                if (random.nextInt(3) == 0) {
                    object.set("omega", anything(depth - 1));
                }
                yield object;
            }
        };
    }

    /** An object of any kind. */
    ObjectNode anyObject() {
        while (true) {
            if (anything(4) instanceof ObjectNode object) {
                return object;
            }
        }
    }
}
