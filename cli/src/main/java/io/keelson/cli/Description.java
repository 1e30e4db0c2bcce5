package io.keelson.cli;

import io.keelson.cli.print.Ages;
import io.keelson.cli.print.Columns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * An object in words, for people. One way for all kinds: names and labels first, then specification and status as they are, with times as
 * ages, lists of conditions as tables, long texts cut; the events at the end.
 */
final class Description {

    private static final Set<String> HIDDEN = Set.of(
            "managedFields", "ownerReferences", "labels", "annotations", "name", "namespace", "creationTimestamp");
    private static final Set<String> USERS_KEYS = Set.of(
            "data",
            "binaryData",
            "labels",
            "matchLabels",
            "annotations",
            "nodeSelector",
            "limits",
            "requests",
            "capacity",
            "allocatable");
    private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
    private static final int TEXT_MAX = 2_000;
    private static final int LABEL_WIDTH = 18;

    private final StringBuilder text = new StringBuilder();
    private final Instant now;

    private Description(Instant now) {
        this.now = now;
    }

    static String of(JsonNode object, List<? extends JsonNode> events, Instant now) {
        var description = new Description(now);
        description.metadata(object);
        for (var part : List.of(
                "spec", "data", "binaryData", "subsets", "endpoints", "addressType", "ports", "type", "status")) {
            var value = object.path(part);
            if (value.isMissingNode() || value.isNull() || (value.isContainer() && value.isEmpty())) continue;
            boolean secret = object.path("kind").asString("").equals("Secret") && part.equals("data");
            description.field(part, secret ? sizes(value) : value, 0);
        }
        description.events(events);
        return description.text.toString();
    }

    /** A Secret's values are not for the screen. */
    private static JsonNode sizes(JsonNode data) {
        var sizes = io.keelson.cli.print.Render.object();
        data.properties()
                .forEach(field ->
                        sizes.put(field.getKey(), field.getValue().asString("").length() * 3 / 4 + " bytes"));
        return sizes;
    }

    private void metadata(JsonNode object) {
        var metadata = object.path("metadata");
        line("Name", metadata.path("name").asString(""), 0);
        if (metadata.has("namespace"))
            line("Namespace", metadata.path("namespace").asString(""), 0);
        line(
                "Kind",
                object.path("kind").asString("") + " ("
                        + object.path("apiVersion").asString("") + ")",
                0);
        if (metadata.has("creationTimestamp")) {
            line("Created", time(metadata.path("creationTimestamp").asString("")), 0);
        }
        line("Labels", pairs(metadata.path("labels")), 0);
        line("Annotations", pairs(metadata.path("annotations")), 0);
        for (var owner : metadata.path("ownerReferences")) {
            line(
                    "Controlled By",
                    owner.path("kind").asString("") + "/" + owner.path("name").asString(""),
                    0);
        }
        for (var field : metadata.properties()) {
            if (!HIDDEN.contains(field.getKey())) field(field.getKey(), field.getValue(), 0);
        }
    }

    private static String pairs(JsonNode map) {
        var pairs = map.properties().stream()
                .filter(entry -> !entry.getKey().equals(LAST_APPLIED))
                .map(entry -> entry.getKey() + "=" + entry.getValue().asString(""))
                .collect(Collectors.joining("\n" + " ".repeat(LABEL_WIDTH)));
        return pairs.isEmpty() ? "<none>" : pairs;
    }

    private void field(String name, JsonNode value, int depth) {
        if (value.isArray() && value.isEmpty()) {
            line(title(name), "<none>", depth);
            return;
        }
        if (value.isArray() && isTable(name, value)) {
            line(title(name), "", depth);
            table(value, depth + 1);
        } else if (value.isArray()
                && StreamSupport.stream(value.spliterator(), false).noneMatch(JsonNode::isContainer)) {
            line(
                    title(name),
                    StreamSupport.stream(value.spliterator(), false)
                            .map(this::scalar)
                            .collect(Collectors.joining(" ")),
                    depth);
        } else if (value.isArray()) {
            line(title(name), "", depth);
            for (var item : value) item(item, depth + 1);
        } else if (value.isObject()) {
            line(title(name), value.isEmpty() ? "{}" : "", depth);
            // In these, the keys are users' words and not fields.
            boolean users = USERS_KEYS.contains(name)
                    || (name.equals("selector")
                            && value.properties().stream()
                                    .noneMatch(entry -> entry.getValue().isContainer()));
            value.properties().forEach(inner -> {
                if (users) line(inner.getKey(), scalar(inner.getValue()), depth + 1);
                else field(inner.getKey(), inner.getValue(), depth + 1);
            });
        } else {
            line(title(name), scalar(value), depth);
        }
    }

    private void item(JsonNode item, int depth) {
        if (!item.isObject()) {
            line("-", scalar(item), depth);
            return;
        }
        var name = item.path("name").isString() ? item.path("name").asString() : "-";
        text.append("  ".repeat(depth))
                .append(name)
                .append(name.equals("-") ? "" : ":")
                .append('\n');
        item.properties().stream()
                .filter(inner -> !inner.getKey().equals("name"))
                .forEach(inner -> field(inner.getKey(), inner.getValue(), depth + 1));
    }

    private static boolean isTable(String name, JsonNode list) {
        return name.equals("conditions") && !list.isEmpty();
    }

    private void table(JsonNode list, int depth) {
        var columns = List.of("type", "status", "reason", "message", "lastTransitionTime");
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("Type", "Status", "Since", "Reason", "Message"));
        for (var item : list) {
            var cells = columns.stream()
                    .map(column -> item.path(column).asString(""))
                    .toList();
            rows.add(List.of(
                    cells.get(0),
                    cells.get(1),
                    cells.get(4).isEmpty() ? "" : Ages.since(cells.get(4), now),
                    cells.get(2),
                    cells.get(3)));
        }
        Columns.lines(rows)
                .forEach(line -> text.append("  ".repeat(depth)).append(line).append('\n'));
    }

    private void events(List<? extends JsonNode> events) {
        if (events.isEmpty()) {
            line("Events", "<none>", 0);
            return;
        }
        text.append("Events:\n");
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("Type", "Reason", "Age", "From", "Message"));
        events.stream()
                .sorted(Comparator.comparing(Description::lastSeen))
                .forEach(event -> rows.add(List.of(
                        event.path("type").asString(""),
                        event.path("reason").asString(""),
                        age(event),
                        from(event),
                        event.path("message").asString("").strip().replace('\n', ' '))));
        Columns.lines(rows).forEach(line -> text.append("  ").append(line).append('\n'));
    }

    private static String lastSeen(JsonNode event) {
        for (var field : List.of("lastTimestamp", "eventTime", "firstTimestamp")) {
            var value = event.path(field).asString("");
            if (!value.isEmpty()) return value;
        }
        return event.path("metadata").path("creationTimestamp").asString("");
    }

    private String age(JsonNode event) {
        long count = event.path("count").asLong(1);
        var last = Ages.since(lastSeen(event), now);
        return count <= 1
                ? last
                : last + " (x" + count + " over "
                        + Ages.since(event.path("firstTimestamp").asString(""), now) + ")";
    }

    private static String from(JsonNode event) {
        var component = event.path("source").path("component").asString("");
        return component.isEmpty()
                ? event.path("reportingComponent")
                        .asString(event.path("reportingController").asString(""))
                : component;
    }

    private String scalar(JsonNode value) {
        if (!value.isString()) return value.toString();
        var text = value.asString();
        if (Ages.isTime(text)) return time(text);
        return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "... (" + text.length() + " characters)" : text;
    }

    private String time(String text) {
        return text + " (" + Ages.since(text, now) + " ago)";
    }

    private void line(String name, String value, int depth) {
        var label = "  ".repeat(depth) + name + ":";
        text.append(label);
        if (value.contains("\n") && depth > 0) {
            value.lines()
                    .forEach(each ->
                            text.append('\n').append("  ".repeat(depth + 1)).append(each));
        } else if (!value.isEmpty()) {
            text.append(" ".repeat(Math.max(1, LABEL_WIDTH - label.length()))).append(value);
        }
        text.append('\n');
    }

    /** {@code podCIDR} stays, {@code restartPolicy} becomes "Restart Policy"; keys that are no Java names stay as they are. */
    private static String title(String name) {
        if (!name.matches("[a-z][a-zA-Z]*")) return name;
        var spaced = name.replaceAll("(?<=[a-z])(?=[A-Z])", " ");
        return spaced.substring(0, 1).toUpperCase(Locale.ROOT) + spaced.substring(1);
    }
}
