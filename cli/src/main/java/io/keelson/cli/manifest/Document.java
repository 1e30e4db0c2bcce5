package io.keelson.cli.manifest;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One object of a manifest.
 *
 * @param source the file's name as the user gave it, or "standard input"
 * @param line where the document begins, from 1
 * @param object what it says
 * @param lines the line of each field by its path, e.g. {@code spec.template.spec.containers[0].image}
 */
public record Document(String source, int line, ObjectNode object, Map<String, Integer> lines) {

    /** Largest object that is sent: etcd's limit of a request. */
    public static final int BYTES_MAX = 3 << 19;

    /** {@code apiVersion}, or empty text. */
    public String apiVersion() {
        return object.path("apiVersion").asString("");
    }

    /** {@code kind}, or empty text. */
    public String kind() {
        return object.path("kind").asString("");
    }

    /** {@code metadata.name}, or empty text. */
    public String name() {
        return object.path("metadata").path("name").asString("");
    }

    /** {@code metadata.namespace}, or empty text. */
    public String namespace() {
        return object.path("metadata").path("namespace").asString("");
    }

    /** The line of a field, or of the nearest thing round it that is there. */
    public int lineOf(String path) {
        for (var place = Optional.of(path); place.isPresent(); place = parent(place.get())) {
            var found = lines.get(place.get());
            if (found != null) return found;
        }
        return line;
    }

    /** File and line of a field. */
    public String at(String path) {
        return source + ":" + lineOf(path);
    }

    /** What the document is, for messages: {@code Deployment "hello"}. */
    public String title() {
        return kind().isEmpty() ? "a document" : kind() + (name().isEmpty() ? "" : " \"" + name() + "\"");
    }

    private static Optional<String> parent(String path) {
        int cut = Math.max(path.lastIndexOf('.'), path.lastIndexOf('['));
        return cut <= 0 ? Optional.empty() : Optional.of(path.substring(0, cut));
    }
}
