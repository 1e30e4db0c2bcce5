package io.keelson.orchestrator.past;

import io.keelson.orchestrator.kind.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who wrote, and when, as {@code metadata.managedFields} tells.
 *
 * @param manager name of the field manager
 * @param time RFC 3339
 */
public record Writer(String manager, String time) {

    /** The writer of a state: the newest entry that was not there before; empty if there is none. */
    public static Optional<Writer> of(Optional<ObjectNode> before, ObjectNode after) {
        List<JsonNode> known = before.map(object -> Json.items(object, "metadata", "managedFields"))
                .orElse(List.of());
        List<JsonNode> entries = Json.items(after, "metadata", "managedFields");
        Stream<JsonNode> news = entries.stream().filter(entry -> !known.contains(entry));
        return news.filter(entry -> entry.path("time").isString())
                .max(Comparator.comparing(entry -> entry.path("time").asString("")))
                .map(entry -> new Writer(
                        entry.path("manager").asString(""), entry.path("time").asString("")));
    }
}
