package io.keelson.orchestrator.http;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.resolver.CoreScalarResolver;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** YAML to JSON and back. Read by events, so that neither depth nor aliases cost more than is allowed. */
final class Yaml {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final YAMLMapper WRITER = YAMLMapper.builder().build();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final LoadSettings SETTINGS = LoadSettings.builder().build();
    private static final CoreScalarResolver RESOLVER = new CoreScalarResolver(false);

    /** Longer numbers are none. */
    private static final int MAX_DIGITS = 1_000;

    /** Fields that came twice are told up to this many. */
    private static final int MAX_DUPLICATES = 100;

    private Yaml() {}

    /**
     * A text as JSON.
     *
     * @param json of a field that came twice the last
     * @param duplicates the fields that came twice, the first hundred, in the words of Kubernetes' reader of YAML
     */
    record Converted(String json, List<String> duplicates) {}

    /**
     * The same value as JSON, by YAML 1.2's core schema. An alias stands for what its anchor names.
     *
     * @throws MalformedJsonException if the text is not YAML, has more than one document, is nested deeper than
     *     {@link Json#MAX_DEPTH}, or is of more than {@link Json#MAX_VALUES} values, each counted as often as aliases repeat it; the message
     *     says where
     */
    static Converted toJson(byte[] yaml) {
        try {
            Reading reading = new Reading(yaml);
            String json = JSON.writeValueAsString(reading.document());
            return new Converted(json, List.copyOf(reading.duplicates));
        } catch (MarkedYamlEngineException e) {
            throw malformed(String.valueOf(e.getProblem()), e.getProblemMark());
        } catch (YamlEngineException e) {
            throw malformed(String.valueOf(e.getMessage()), Optional.empty());
        }
    }

    private static MalformedJsonException malformed(String what, Optional<Mark> where) {
        String place = where.map(mark -> " (line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ")")
                .orElse("");
        return new MalformedJsonException("is not YAML: " + what + place);
    }

    static byte[] fromJson(JsonNode value) {
        return WRITER.writeValueAsBytes(value);
    }

    /** One text being read. */
    private static final class Reading {

        private final Iterator<Event> events;
        private final Map<Anchor, JsonNode> anchors = new HashMap<>();
        private final List<String> duplicates = new ArrayList<>();
        private int values;

        Reading(byte[] yaml) {
            this.events = new Parse(SETTINGS)
                    .parseInputStream(new ByteArrayInputStream(yaml))
                    .iterator();
        }

        JsonNode document() {
            JsonNode value = NODES.nullNode();
            int documents = 0;
            while (events.hasNext()) {
                Event event = events.next();
                switch (event.getEventId()) {
                    case DocumentStart -> {
                        if (++documents > 1) {
                            throw refused("it has more than one document", event);
                        }
                    }
                    case StreamStart, StreamEnd, DocumentEnd, Comment -> {}
                    case Alias, Scalar, MappingStart, SequenceStart, MappingEnd, SequenceEnd -> value = value(event, 0);
                }
            }
            return value;
        }

        private static MalformedJsonException refused(String what, Event event) {
            return malformed(what, event.getStartMark());
        }

        private JsonNode value(Event event, int depth) {
            if (depth > Json.MAX_DEPTH) {
                throw refused("it is nested deeper than " + Json.MAX_DEPTH, event);
            }
            count(event);
            if (event instanceof AliasEvent alias) {
                return repeated(alias, depth);
            }
            JsonNode value = switch (event.getEventId()) {
                case Scalar -> scalar((ScalarEvent) event);
                case MappingStart -> object(depth);
                case SequenceStart -> list(depth);
                case Alias, MappingEnd, SequenceEnd, StreamStart, StreamEnd, DocumentStart, DocumentEnd, Comment ->
                    throw refused("unexpected " + event, event);
            };
            ((NodeEvent) event).getAnchor().ifPresent(anchor -> anchors.put(anchor, value));
            return value;
        }

        private void count(Event event) {
            if (++values > Json.MAX_VALUES) {
                throw refused("it has more than " + Json.MAX_VALUES + " values", event);
            }
        }

        private JsonNode repeated(AliasEvent alias, int depth) {
            JsonNode named = alias.getAnchor().map(anchors::get).orElse(null);
            if (named == null) {
                throw refused("the alias *" + alias.getAlias() + " names no anchor before it", alias);
            }
            if (depth + Json.depth(named, Json.MAX_DEPTH + 1) > Json.MAX_DEPTH) {
                throw refused("it is nested deeper than " + Json.MAX_DEPTH, alias);
            }
            countAll(named, alias);
            return named;
        }

        private void countAll(JsonNode node, Event event) {
            count(event);
            node.forEach(child -> countAll(child, event));
        }

        private JsonNode object(int depth) {
            ObjectNode object = NODES.objectNode();
            for (Event key = events.next(); key.getEventId() != Event.ID.MappingEnd; key = events.next()) {
                JsonNode name = value(key, depth + 1);
                if (name.isContainer()) {
                    throw refused("a field's name must be text", key);
                }
                if (object.has(name.asString()) && duplicates.size() < MAX_DUPLICATES) {
                    duplicates.add("line " + line(key) + ": key \"" + name.asString() + "\" already set in map");
                }
                object.set(name.asString(), value(events.next(), depth + 1));
            }
            return object;
        }

        private static String line(Event event) {
            return event.getStartMark()
                    .map(mark -> Integer.toString(mark.getLine() + 1))
                    .orElse("?");
        }

        private JsonNode list(int depth) {
            ArrayNode list = NODES.arrayNode();
            for (Event item = events.next(); item.getEventId() != Event.ID.SequenceEnd; item = events.next()) {
                list.add(value(item, depth + 1));
            }
            return list;
        }

        private static JsonNode scalar(ScalarEvent event) {
            String text = event.getValue();
            Tag tag = event.getTag().map(Tag::new).orElseGet(() -> RESOLVER.resolve(text, event.isPlain()));
            try {
                if (tag.equals(Tag.NULL)) {
                    return NODES.nullNode();
                } else if (tag.equals(Tag.BOOL)) {
                    return NODES.booleanNode(text.equalsIgnoreCase("true"));
                } else if (tag.equals(Tag.INT)) {
                    return NODES.numberNode(integer(text));
                } else if (tag.equals(Tag.FLOAT)) {
                    return NODES.numberNode(fraction(text));
                }
                return NODES.stringNode(text);
            } catch (NumberFormatException e) {
                throw refused("\"" + shortened(text) + "\" is no number that JSON has", event);
            }
        }

        private static String shortened(String text) {
            return text.length() > 60 ? text.substring(0, 60) + "..." : text;
        }

        private static BigInteger integer(String text) {
            if (text.length() > MAX_DIGITS) {
                throw new NumberFormatException();
            }
            String digits = text.toLowerCase(Locale.ROOT);
            if (digits.startsWith("0x")) {
                return new BigInteger(digits.substring(2), 16);
            }
            return digits.startsWith("0o") ? new BigInteger(digits.substring(2), 8) : new BigInteger(digits);
        }

        private static double fraction(String text) {
            double number = Double.parseDouble(text);
            if (!Double.isFinite(number)) {
                throw new NumberFormatException();
            }
            return number;
        }
    }
}
