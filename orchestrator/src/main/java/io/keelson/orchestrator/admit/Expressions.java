package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.cel.Authorizer;
import io.keelson.orchestrator.cel.Environment;
import io.keelson.orchestrator.cel.Expression;
import io.keelson.orchestrator.cel.ExpressionException;
import io.keelson.orchestrator.cel.Type;
import io.keelson.orchestrator.cel.Values;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What expressions about a write can speak of: {@code object}, {@code oldObject}, {@code request}, who may do what,
 * and in policies more. */
final class Expressions {

    private static final JsonNode NOTHING = Json.array().addNull().get(0);

    /** Made when it is first needed: it takes a while. */
    private static final class Holder {
        private static final Map<String, Type> WRITE =
                Map.of("object", Type.Basic.DYN, "oldObject", Type.Basic.DYN, "request", Type.Basic.DYN);

        private static final Map<String, Type> RIGHTS =
                Map.of(AUTHORIZER, Type.Basic.AUTHORIZER, REQUEST_RESOURCE, Type.Basic.RESOURCE_CHECK);

        private static final Map<String, Type> POLICY = Map.of(
                "params",
                Type.Basic.DYN,
                "namespaceObject",
                Type.Basic.DYN,
                "variables",
                new Type.MapOf(Type.Basic.DYN, Type.MOST));

        static final Environment CONDITIONS = environment(List.of(WRITE, RIGHTS));
        static final Environment POLICIES = environment(List.of(WRITE, RIGHTS, POLICY));
        static final Environment MESSAGES = environment(List.of(WRITE, POLICY));

        private static Environment environment(List<Map<String, Type>> parts) {
            Map<String, Type> all = new HashMap<>();
            parts.forEach(all::putAll);
            return new Environment(all);
        }
    }

    private static final String AUTHORIZER = "authorizer";
    private static final String REQUEST_RESOURCE = "authorizer.requestResource";

    private Expressions() {}

    /** A condition on a write. */
    static Expression condition(String text) throws ExpressionException {
        return Holder.CONDITIONS.condition(text);
    }

    /** Where a policy's expressions are compiled. */
    static Environment policies() {
        return Holder.POLICIES;
    }

    /** Where the messages of a policy are compiled: they do not speak of rights. */
    static Environment messages() {
        return Holder.MESSAGES;
    }

    /** The values for a write. */
    static Map<String, Object> values(Request request, Kind kind, Facts facts) {
        Map<String, Object> values = new HashMap<>();
        Authorizer authorizer = new AskingFacts(request.user(), facts);
        values.put(AUTHORIZER, authorizer.value());
        values.put(
                REQUEST_RESOURCE,
                authorizer.about(new Authorizer.Target.Resource(
                        kind.group(),
                        kind.resource(),
                        request.subresource(),
                        request.namespace(),
                        request.name(),
                        "")));
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
