package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The subresource {@code ephemeralcontainers} of a pod: containers for looking into it come, and none changes or goes. */
final class EphemeralContainers {

    private static final String FIELD = "ephemeralContainers";

    private EphemeralContainers() {}

    static Prepared update(Kind kind, ObjectNode stored, ObjectNode incoming, Reading reading, Mutation mutation) {
        Decoding.Result decoded = Decoding.check(kind, Optional.of(stored), incoming, reading);
        Optional<Rejection> refused = decoded.rejection().or(() -> Metadata.mismatch(kind, stored, incoming));
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode live = Decoding.known(kind, stored, decoded);
        ObjectNode object = live.deepCopy();
        ObjectNode sent = Registry.sent(kind, live, incoming, decoded, mutation);
        Optional<JsonNode> wanted = Json.at(Defaults.withoutNulls(kind, sent), "spec", FIELD);
        ObjectNode spec = Json.child(object, "spec");
        if (wanted.isPresent()) {
            spec.set(FIELD, wanted.get().deepCopy());
        } else {
            spec.remove(FIELD);
        }
        Defaults.apply(kind, object);
        List<Cause> causes = new ArrayList<>();
        for (JsonNode before : Json.items(live, "spec", FIELD)) {
            String name = before.path("name").asString("");
            Optional<JsonNode> after = Json.items(spec, FIELD).stream()
                    .filter(container -> container.path("name").asString("").equals(name))
                    .findFirst();
            if (!after.equals(Optional.of(before))) {
                causes.add(Cause.forbidden(
                        "spec." + FIELD,
                        "existing ephemeral containers \"" + name + "\" may not be "
                                + (after.isEmpty() ? "removed" : "changed")));
            }
        }
        // Against itself: by the rules for other updates nothing of this may change.
        causes.addAll(Validation.validate(kind, Optional.of(object), object));
        return Registry.finish(kind, live, object, causes, decoded.warnings());
    }
}
