package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Environment;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.cel.ExpressionException;
import io.keelson.orchestrator.cel.Type;
import io.keelson.orchestrator.cel.Values;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What expressions about a write can speak of: {@code object}, {@code oldObject}, {@code request}, and in policies more. */
final class Expressions {

    private static final JsonNode NOTHING = Json.array().addNull().get(0);

    /** Made when it is first needed: it takes a while. */
    private static final class Holder {
        static final Environment CONDITIONS = new Environment(
                Map.of("object", Type.Basic.DYN, "oldObject", Type.Basic.DYN, "request", Type.Basic.DYN));

        static final Environment POLICIES = new Environment(Map.of(
                "object",
                Type.Basic.DYN,
                "oldObject",
                Type.Basic.DYN,
                "request",
                Type.Basic.DYN,
                "params",
                Type.Basic.DYN,
                "namespaceObject",
                Type.Basic.DYN,
                "variables",
                new Type.MapOf(Type.Basic.DYN, Type.MOST)));
    }

    private Expressions() {}

    /** A condition on a write. */
    static Expression condition(String text) throws ExpressionException {
        return Holder.CONDITIONS.condition(text);
    }

    /** Where a policy's expressions are compiled. */
    static Environment policies() {
        return Holder.POLICIES;
    }

    /** The values for a write. */
    static Map<String, Object> values(Request request, Kind kind) {
        Map<String, Object> values = new HashMap<>();
        values.put(
                "object",
                Values.of(request.object()
                        .<JsonNode>map(each -> Webhook.as(kind, request, each))
                        .orElse(NOTHING)));
        values.put(
                "oldObject",
                Values.of(request.old()
                        .<JsonNode>map(each -> Webhook.as(kind, request, each))
                        .orElse(NOTHING)));
        values.put("request", Values.of(Review.request(request, kind)));
        return values;
    }

    /** A value that may be absent, which expressions see as null. */
    static Object orNull(Optional<ObjectNode> object) {
        return Values.of(object.<JsonNode>map(each -> each).orElse(NOTHING));
    }
}
