package io.keelson.orchestrator.testing;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** What fuzz tests begin with: a small object of each kind that is built in, and large ones of those with much in them. */
public final class Samples {

    private static final List<ObjectNode> ALL = read();

    private Samples() {}

    /** All of them, each a copy. */
    public static List<ObjectNode> objects() {
        return ALL.stream().map(ObjectNode::deepCopy).toList();
    }

    /** The row of a sample's kind. */
    public static Kind kind(JsonNode sample) {
        return Kinds.builtIn()
                .byApiVersion(
                        sample.path("apiVersion").asString(""),
                        sample.path("kind").asString(""))
                .orElseThrow();
    }

    /** Every name of a field that comes in a sample, in order. */
    public static List<String> fieldNames() {
        Set<String> names = new TreeSet<>();
        ALL.forEach(sample -> names(sample, names));
        return List.copyOf(names);
    }

    private static void names(JsonNode node, Set<String> into) {
        if (node instanceof ObjectNode object) {
            into.addAll(object.propertyNames());
        }
        node.forEach(child -> names(child, into));
    }

    private static List<ObjectNode> read() {
        List<ObjectNode> samples = new ArrayList<>();
        try (InputStream small = Kind.class.getResourceAsStream("kinds.yaml");
                InputStream rich = Samples.class.getResourceAsStream("rich.json");
                var documents =
                        YAMLMapper.builder().build().readerFor(JsonNode.class).<JsonNode>readValues(small)) {
            // As from the wire, so that numbers are of the classes that they have there.
            documents.forEachRemaining(
                    document -> samples.add(Json.parse(document.path("object").toString())));
            Json.parseAny(Objects.requireNonNull(rich).readAllBytes()).forEach(each -> samples.add((ObjectNode) each));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(samples);
    }
}
