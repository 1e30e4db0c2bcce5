package io.keelson.orchestrator.patch;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** RFC 6902 over RFC 6901 pointers. */
final class JsonPatch {

    /** More operations than this are refused, as Kubernetes does. */
    private static final int MAX_OPERATIONS = 10_000;

    /** What all copies of a patch may add, in bytes: a few short operations could double an object again and again. */
    private static final int MAX_COPIED_BYTES = 3 * 1024 * 1024;

    private int copied;

    private JsonPatch() {}

    static JsonNode apply(JsonNode target, ArrayNode operations) {
        if (operations.size() > MAX_OPERATIONS) {
            throw tooLarge("The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS + ", got "
                    + operations.size());
        }
        JsonNode document = target.deepCopy();
        JsonPatch patch = new JsonPatch();
        for (int i = 0; i < operations.size(); i++) {
            document = patch.apply(document, operations.get(i), "operation " + i);
        }
        return document;
    }

    private JsonNode apply(JsonNode document, JsonNode operation, String which) {
        String name = text(operation, "op", which);
        List<String> path = pointer(text(operation, "path", which));
        return switch (name) {
            case "add" -> add(document, path, value(operation, which), which);
            case "remove" -> remove(document, path, which);
            case "replace" -> {
                find(document, path, which);
                JsonNode value = value(operation, which);
                yield path.isEmpty() ? value : add(keepingPlace(document, path, which), path, value, which);
            }
            case "move" -> {
                List<String> from = pointer(text(operation, "from", which));
                JsonNode value = find(document, from, which);
                if (path.size() > from.size() && path.subList(0, from.size()).equals(from)) {
                    throw malformed(which + ": cannot move a value into itself");
                }
                yield add(remove(document, from, which), path, value, which);
            }
            case "copy" -> {
                JsonNode value = find(document, pointer(text(operation, "from", which)), which);
                count(value);
                yield add(document, path, value.deepCopy(), which);
            }
            case "test" -> {
                JsonNode found = find(document, path, which);
                JsonNode expected = value(operation, which);
                if (!found.equals(expected)) {
                    throw notApplicable(
                            which + ": testing value " + join(path) + " failed: is " + found + ", not " + expected);
                }
                yield document;
            }
            default -> throw malformed(which + ": unexpected kind: " + name);
        };
    }

    private void count(JsonNode value) {
        copied = Math.addExact(copied, value.toString().length());
        if (copied > MAX_COPIED_BYTES) {
            throw tooLarge("Unable to complete the copy, the accumulated size increase of copy is " + copied
                    + ", exceeding the limit " + MAX_COPIED_BYTES);
        }
    }

    /** Before a replace: an item of a list goes, for the add puts the new one into its place; a field is overwritten anyway. */
    private static JsonNode keepingPlace(JsonNode document, List<String> path, String which) {
        boolean item = find(document, path.subList(0, path.size() - 1), which).isArray();
        return item ? remove(document, path, which) : document;
    }

    private static JsonNode add(JsonNode document, List<String> path, JsonNode value, String which) {
        if (path.isEmpty()) {
            return value;
        }
        JsonNode parent = find(document, path.subList(0, path.size() - 1), which);
        String last = path.getLast();
        if (parent instanceof ObjectNode object) {
            object.set(last, value);
        } else if (parent instanceof ArrayNode list) {
            int index = last.equals("-") ? list.size() : index(last, list.size(), which);
            list.insert(index, value);
        } else {
            throw notApplicable(which + ": " + join(path) + " is in " + Json.typeOf(parent));
        }
        return document;
    }

    private static JsonNode remove(JsonNode document, List<String> path, String which) {
        if (path.isEmpty()) {
            throw malformed(which + ": cannot remove the whole object");
        }
        find(document, path, which);
        JsonNode parent = find(document, path.subList(0, path.size() - 1), which);
        if (parent instanceof ObjectNode object) {
            object.remove(path.getLast());
        } else if (parent instanceof ArrayNode list) {
            list.remove(index(path.getLast(), list.size() - 1, which));
        }
        return document;
    }

    private static JsonNode find(JsonNode document, List<String> path, String which) {
        JsonNode node = document;
        for (String step : path) {
            Optional<JsonNode> next = node instanceof ArrayNode list
                    ? Optional.of(list.get(index(step, list.size() - 1, which)))
                    : Optional.ofNullable(node.get(step));
            node = next.orElseThrow(
                    () -> notApplicable(which + ": the object has nothing at " + join(path) + ": missing value"));
        }
        return node;
    }

    private static int index(String step, int max, String which) {
        if (!step.matches("0|[1-9][0-9]{0,8}")) {
            throw notApplicable(which + ": \"" + step + "\" is no index of a list");
        }
        int index = Integer.parseInt(step);
        if (index > max) {
            throw notApplicable(which + ": index " + index + " is out of the list's bounds");
        }
        return index;
    }

    private static List<String> pointer(String text) {
        if (text.isEmpty()) {
            return List.of();
        }
        if (!text.startsWith("/")) {
            throw malformed("path \"" + text + "\" must be empty or begin with /");
        }
        List<String> steps = new ArrayList<>();
        for (String step : text.substring(1).split("/", -1)) {
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        }
        return steps;
    }

    private static String join(List<String> path) {
        StringBuilder text = new StringBuilder();
        path.forEach(step -> text.append('/').append(step.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }

    private static String text(JsonNode operation, String field, String which) {
        return Json.string(operation, field).orElseThrow(() -> malformed(which + ": \"" + field + "\" is missing"));
    }

    private static JsonNode value(JsonNode operation, String which) {
        JsonNode value = operation.get("value");
        if (value == null) {
            throw malformed(which + ": \"value\" is missing");
        }
        return value.deepCopy();
    }

    private static PatchException malformed(String message) {
        return new PatchException(PatchException.Reason.MALFORMED, message);
    }

    private static PatchException tooLarge(String message) {
        return new PatchException(PatchException.Reason.TOO_LARGE, "Request entity too large: " + message);
    }

    private static PatchException notApplicable(String message) {
        return new PatchException(PatchException.Reason.NOT_APPLICABLE, message);
    }
}
