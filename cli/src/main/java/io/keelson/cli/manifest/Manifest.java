package io.keelson.cli.manifest;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.CollectionNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Parses manifests: any number of YAML documents, or JSON, which is YAML, too. A {@code List} counts as the objects in it.
 *
 * <p>Positions are the reason for reading YAML's own tree: "hello.yaml:12: spec.replicas is given twice (first in line 9)".
 */
public final class Manifest {

    /** More nodes than this in one text, aliases counted as often as they are used, is an attack or a mistake. */
    static final int NODES_MAX = 1_000_000;

    private static final int DEPTH_MAX = 100;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final String source;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Document> documents = new ArrayList<>();
    private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private Map<String, Integer> lines = new HashMap<>();
    private int nodes;

    private Manifest(String source) {
        this.source = source;
    }

    /** Parses a text that came from {@code source}. Never throws: what is wrong is in the result. */
    public static Parsed parse(String source, String text) {
        var manifest = new Manifest(source);
        try {
            manifest.read(text);
        } catch (TooMuch | YamlEngineException broken) {
            manifest.problems.add(manifest.broken(broken, text));
        }
        return new Parsed(manifest.documents, manifest.problems);
    }

    /**
     * One document of any shape.
     *
     * @param tree what it says; nothing for an empty text
     * @param problems everything that is wrong with the text
     */
    public record Tree(JsonNode tree, List<Problem> problems) {}

    /** Reads a YAML or JSON text that is no manifest, such as a kubeconfig. Never throws. */
    public static Tree tree(String source, String text) {
        var manifest = new Manifest(source);
        JsonNode tree = NODES.nullNode();
        try {
            for (var root : new Compose(settings(source)).composeAllFromString(text)) {
                tree = manifest.convert(root, "", 0);
                break;
            }
        } catch (TooMuch | YamlEngineException broken) {
            manifest.problems.add(manifest.broken(broken, text));
        }
        return new Tree(tree, List.copyOf(manifest.problems));
    }

    private Problem broken(RuntimeException failure, String text) {
        return switch (failure) {
            case TooMuch tooMuch -> new Problem(source, tooMuch.line, tooMuch.what);
            case MarkedYamlEngineException marked -> {
                int line =
                        marked.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
                yield new Problem(source, line, "this is not YAML: " + marked.getProblem() + hint(text, line));
            }
            default -> new Problem(source, 1, "this is not YAML: " + firstLine(String.valueOf(failure.getMessage())));
        };
    }

    private static LoadSettings settings(String source) {
        return LoadSettings.builder()
                .setLabel(source)
                .setAllowDuplicateKeys(true)
                .setCodePointLimit(Integer.MAX_VALUE)
                // Bounded by NODES_MAX, which counts what aliases lead to.
                .setMaxAliasesForCollections(Integer.MAX_VALUE)
                .build();
    }

    private void read(String text) {
        for (var root : new Compose(settings(source)).composeAllFromString(text)) {
            lines = new HashMap<>();
            nodes = 0;
            var tree = convert(root, "", 0);
            if (!tree.isNull()) document(root, tree, lines);
        }
    }

    private void document(Node root, JsonNode tree, Map<String, Integer> lines) {
        int line = lineOf(root);
        if (!(tree instanceof ObjectNode object)) {
            problem(
                    line,
                    "a manifest's document is a mapping with apiVersion, kind and metadata; this is " + describe(tree));
            return;
        }
        if (object.path("kind").asString("").equals("List")
                && object.path("items").isArray()) {
            int i = 0;
            for (var item : object.path("items")) {
                var prefix = "items[" + i++ + "]";
                int itemLine = lines.getOrDefault(prefix, line);
                if (item instanceof ObjectNode each) check(new Document(source, itemLine, each, below(lines, prefix)));
                else problem(itemLine, prefix + " is not an object but " + describe(item));
            }
            return;
        }
        check(new Document(source, line, object, lines));
    }

    private void check(Document document) {
        int before = problems.size();
        for (var field : List.of("apiVersion", "kind")) {
            var value = document.object().path(field);
            if (value.isMissingNode() || value.isNull())
                problem(document.line(), field + " is missing (" + example(field) + ")");
            else if (!value.isString())
                problem(document.lineOf(field), field + " must be text, not " + describe(value));
        }
        var metadata = document.object().path("metadata");
        var name = metadata.path("name");
        if (!metadata.isMissingNode() && !metadata.isObject()) {
            problem(document.lineOf("metadata"), "metadata must be a mapping, not " + describe(metadata));
        } else if (name.isMissingNode() || name.isNull()) {
            if (!metadata.has("generateName"))
                problem(document.lineOf("metadata"), "metadata.name is missing: every object needs a name");
            else
                problem(
                        document.lineOf("metadata.generateName"),
                        "metadata.generateName cannot be applied, since applying again would make another object; give metadata.name");
        } else if (!name.isString()) {
            problem(
                    document.lineOf("metadata.name"),
                    "metadata.name must be text, not " + describe(name) + "; put it in quotes");
        } else if (name.asString().isEmpty()) {
            problem(document.lineOf("metadata.name"), "metadata.name is empty");
        }
        if (problems.size() == before) documents.add(document);
    }

    private static String example(String field) {
        return switch (field) {
            case "apiVersion" -> "for a Deployment it is apps/v1, for a Pod, Service or ConfigMap v1";
            default -> "for example Deployment, Service, ConfigMap";
        };
    }

    private JsonNode convert(Node node, String path, int depth) {
        if (++nodes > NODES_MAX)
            throw new TooMuch(lineOf(node), "this document has more than " + NODES_MAX + " values, aliases counted");
        if (depth > DEPTH_MAX)
            throw new TooMuch(lineOf(node), "this is nested more than " + DEPTH_MAX + " levels deep");
        lines.putIfAbsent(path, lineOf(node));
        // Not a switch over types: it would be linked anew at every start of the program, which costs a tenth of a
        // second.
        if (node instanceof ScalarNode scalar) return scalar(scalar);
        if (!(node instanceof CollectionNode<?>)) return NODES.nullNode();
        if (!open.add(node)) throw new TooMuch(lineOf(node), "an alias stands inside the thing that it names");
        JsonNode tree;
        if (node instanceof SequenceNode sequence) {
            var list = NODES.arrayNode();
            for (var item : sequence.getValue()) list.add(convert(item, path + "[" + list.size() + "]", depth + 1));
            tree = list;
        } else {
            var object = NODES.objectNode();
            if (node instanceof MappingNode mapping) mapping(mapping, object, path, depth);
            tree = object;
        }
        open.remove(node);
        return tree;
    }

    private void mapping(MappingNode mapping, ObjectNode object, String path, int depth) {
        var merged = new ArrayList<Node>();
        for (var entry : mapping.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode keyNode)) {
                problem(lineOf(entry.getKeyNode()), "a key must be text" + (path.isEmpty() ? "" : ", in " + path));
                continue;
            }
            var key = keyNode.getValue();
            if (key.equals("<<") && keyNode.getScalarStyle() == ScalarStyle.PLAIN) {
                merged.add(entry.getValueNode());
                continue;
            }
            var child = child(path, key);
            int line = lineOf(keyNode);
            if (object.has(key)) {
                problem(line, child + " is given twice (first in line " + lines.getOrDefault(child, line) + ")");
                continue;
            }
            lines.put(child, line);
            object.set(key, convert(entry.getValueNode(), child, depth + 1));
        }
        for (var node : merged) merge(node, object, path, depth);
    }

    /** The merge key of YAML 1.1: fields of another mapping, where this one does not have them itself. */
    private void merge(Node node, ObjectNode object, String path, int depth) {
        var sources = node instanceof SequenceNode several ? several.getValue() : List.of(node);
        for (var each : sources) {
            if (convert(each, path, depth + 1) instanceof ObjectNode fields) {
                fields.properties().forEach(field -> object.putIfAbsent(field.getKey(), field.getValue()));
            } else {
                problem(lineOf(each), "<< merges mappings only");
            }
        }
    }

    /** Quoted text is text; a plain word means what YAML 1.1 says. */
    private static JsonNode scalar(ScalarNode scalar) {
        return scalar.getScalarStyle() == ScalarStyle.PLAIN
                ? Scalars.plain(scalar.getValue())
                : NODES.stringNode(scalar.getValue());
    }

    private static String child(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Map<String, Integer> below(Map<String, Integer> lines, String prefix) {
        var found = new HashMap<String, Integer>();
        lines.forEach((path, line) -> {
            if (path.startsWith(prefix + ".")) found.put(path.substring(prefix.length() + 1), line);
        });
        return found;
    }

    private void problem(int line, String message) {
        problems.add(new Problem(source, line, message));
    }

    private String hint(String text, int line) {
        var before = text.lines().skip(line - 1L).findFirst().orElse("");
        return before.stripLeading().length() != before.length()
                        && before.substring(
                                        0,
                                        before.length() - before.stripLeading().length())
                                .contains("\t")
                ? " (a tab is used for indentation; YAML wants blanks)"
                : "";
    }

    private static String describe(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT, POJO -> "a mapping";
            case STRING, BINARY -> "the text \"" + node.asString("") + "\"";
            case NUMBER -> "the number " + node;
            case BOOLEAN -> "the boolean " + node;
            case NULL, MISSING -> "nothing";
        };
    }

    private static int lineOf(Node node) {
        return Optional.ofNullable(node)
                        .flatMap(Node::getStartMark)
                        .map(Mark::getLine)
                        .orElse(0)
                + 1;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse(text);
    }

    private static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final int line;
        private final String what;

        TooMuch(int line, String what) {
            super(what);
            this.line = line;
            this.what = what;
        }
    }
}
