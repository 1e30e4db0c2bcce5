package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Objects that say who asked for them; what the creator says about itself is not believed. */
public final class Requestor {

    private static final List<String> FIELDS = List.of("username", "uid", "groups", "extra");

    private Requestor() {}

    /**
     * The object with the one who creates it in it, if its kind has a place for that.
     *
     * @param uid may be empty
     * @param extra what else is known about the user
     */
    public static ObjectNode stamped(
            Kind kind,
            ObjectNode object,
            String user,
            String uid,
            List<String> groups,
            Map<String, List<String>> extra) {
        if (!kind.subresources().contains("approval")) {
            return object;
        }
        ObjectNode stamped = object.deepCopy();
        ObjectNode spec = Json.child(stamped, "spec");
        FIELDS.forEach(spec::remove);
        spec.put("username", user);
        if (!uid.isEmpty()) {
            spec.put("uid", uid);
        }
        if (!groups.isEmpty()) {
            groups.forEach(spec.putArray("groups")::add);
        }
        extra.forEach((key, values) -> values.forEach(Json.child(spec, "extra").putArray(key)::add));
        return stamped;
    }
}
