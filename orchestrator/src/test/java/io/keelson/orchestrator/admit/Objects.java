package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Decision;
import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Operation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Other objects as facts, and writes in namespace {@code ns}. */
final class Objects implements Facts {

    static final User ADMIN = new User("admin", List.of("system:masters"));

    private final List<ObjectNode> all = new ArrayList<>();

    /** What was asked about rights, in its order. */
    final List<String> asked = new ArrayList<>();

    static Objects with(String... objects) {
        Objects facts = new Objects();
        for (String object : objects) {
            facts.all.add(Json.parse(object));
        }
        return facts;
    }

    /** Administrators may all; whoever asks for secrets cannot be told; others may what reads. */
    @Override
    public Decision decide(User user, Access access) {
        if (access instanceof Access.ToObjects objects && objects.plural().equals("secrets")) {
            throw new ApiException(Reason.SERVICE_UNAVAILABLE, "nobody knows");
        }
        asked.add(user.name() + " " + access);
        boolean reads = access instanceof Access.ToObjects objects
                ? objects.verb().equals("get")
                : access instanceof Access.ToPath path && path.verb().equals("get");
        return user.equals(ADMIN) || reads ? Decision.allowed("so be it") : Decision.noOpinion("no rule");
    }

    @Override
    public Optional<ObjectNode> find(Kind kind, String namespace, String name) {
        return list(kind, namespace).stream()
                .filter(object ->
                        Json.string(object, "metadata", "name").orElse("").equals(name))
                .findFirst();
    }

    @Override
    public Optional<Kind> kind(String apiVersion, String kind) {
        return Kinds.builtIn().byApiVersion(apiVersion, kind);
    }

    @Override
    public List<ObjectNode> list(Kind kind, String namespace) {
        return all.stream()
                .filter(object -> kind(object).equals(kind))
                .filter(object -> namespace.equals(
                        Json.string(object, "metadata", "namespace").orElse(kind.namespaced() ? "ns" : "")))
                .toList();
    }

    static Kind kind(ObjectNode object) {
        return Kinds.builtIn()
                .byApiVersion(
                        Json.string(object, "apiVersion").orElseThrow(),
                        Json.string(object, "kind").orElseThrow())
                .orElseThrow();
    }

    static ObjectNode defaulted(String json) {
        ObjectNode object = Json.parse(json);
        Defaults.apply(kind(object), object);
        return object;
    }

    /** A pod of one container with more in its spec, and more in its container. */
    static ObjectNode pod(String spec, String container) {
        return defaulted("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "namespace": "ns"},
                 "spec": {%s "containers": [{"name": "c", "image": "i" %s}]}}
                """.formatted(spec, container));
    }

    static Request create(ObjectNode object) {
        return write(Operation.CREATE, Optional.empty(), Optional.of(object), ADMIN);
    }

    static Request update(ObjectNode old, ObjectNode object) {
        return write(Operation.UPDATE, Optional.of(old), Optional.of(object), ADMIN);
    }

    static Request write(Operation operation, Optional<ObjectNode> old, Optional<ObjectNode> object, User user) {
        ObjectNode any = object.or(() -> old).orElseThrow();
        return new Request(
                operation,
                kind(any),
                "",
                kind(any).namespaced() ? "ns" : "",
                Json.string(any, "metadata", "name").orElse(""),
                user,
                false,
                Json.object(),
                object,
                old);
    }

    /** The message of what the built-in plugins refuse, first those that change and then those that judge; empty if none does. */
    Optional<String> refusal(ObjectNode created) {
        Request request = create(created);
        return BuiltIns.mutate(request, created, this, Plugins.ALL)
                .or(() -> BuiltIns.validate(request, this, Plugins.ALL).refusal())
                .map(Rejection::message);
    }
}
