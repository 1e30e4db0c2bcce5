package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** Pictures for tests, from objects as text. An object without a uid gets {@code uid-NAME}; all are in namespace default. */
public final class Picture {

    /** When everything in a picture was seen, unless it is said otherwise. */
    public static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

    private final ClusterImage image = new ClusterImage(Kinds.builtIn());
    private long revision;

    /** An empty picture. */
    public static Picture empty() {
        return new Picture();
    }

    /** With one more object, or another form of one. */
    public Picture with(String json) {
        return with(Json.parse(json), THEN);
    }

    /** With one more object that came at some time. */
    public Picture with(ObjectNode object, Instant seen) {
        Kind kind = Kinds.builtIn()
                .byApiVersion(
                        Json.string(object, "apiVersion").orElseThrow(),
                        Json.string(object, "kind").orElseThrow())
                .orElseThrow();
        ObjectNode metadata = Json.child(object, "metadata");
        String name = Json.string(metadata, "name").orElseThrow();
        if (!metadata.has("uid")) {
            metadata.put("uid", "uid-" + name);
        }
        if (kind.namespaced() && !metadata.has("namespace")) {
            metadata.put("namespace", "default");
        }
        String namespace = kind.namespaced() ? metadata.path("namespace").asString("") : "";
        revision++;
        image.set(new ClusterObject(new Ref(kind, namespace, name), object, revision, revision, seen));
        image.reached(revision);
        return this;
    }

    /** Without an object. */
    public Picture without(Ref ref) {
        image.remove(ref);
        return this;
    }

    /** The picture itself. */
    public ClusterImage image() {
        return image;
    }

    /** The name of an object in namespace default, or in none. */
    public static Ref ref(Kind kind, String name) {
        return new Ref(kind, kind.namespaced() ? "default" : "", name);
    }
}
