package io.keelson.orchestrator.registry;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Custom;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Validation;
import io.keelson.orchestrator.select.LabelSelector;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The subresource {@code scale}: the number of replicas of any kind that has one, as an {@code autoscaling/v1 Scale}. */
public final class Scale {

    private Scale() {}

    /** The Scale of an object. */
    public static ObjectNode of(Kind kind, ObjectNode object) {
        ObjectNode scale = Json.object();
        scale.put("apiVersion", "autoscaling/v1").put("kind", "Scale");
        ObjectNode metadata = Json.child(scale, "metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            Json.string(object, "metadata", field).ifPresent(value -> metadata.put(field, value));
        }
        Optional<Custom.ScaleAccess> access = kind.custom().flatMap(Custom::scale);
        Json.child(scale, "spec")
                .put(
                        "replicas",
                        access.map(paths -> paths.wished(object))
                                .or(() -> Json.number(object, "spec", "replicas"))
                                .orElse(0L));
        ObjectNode status = Json.child(scale, "status");
        status.put(
                "replicas",
                access.map(paths -> paths.present(object))
                        .or(() -> Json.number(object, "status", "replicas"))
                        .orElse(0L));
        (access.isPresent()
                        ? access.get().selector(object)
                        : Json.at(object, "spec", "selector")
                                .map(selector -> LabelSelector.of(selector).toString()))
                .ifPresent(selector -> status.put("selector", selector));
        return scale;
    }

    /** If what was sent is no Scale. */
    static Optional<Rejection> mismatch(ObjectNode scale) {
        String kind = Json.string(scale, "kind").orElse("");
        return kind.equals("Scale")
                ? Optional.empty()
                : Optional.of(Rejection.badRequest("a Scale of autoscaling/v1 is expected, not kind \"" + kind + "\""));
    }

    static Prepared update(Kind kind, ObjectNode live, ObjectNode sent, Reading reading, Mutation mutation) {
        Optional<Rejection> mismatch = mismatch(sent);
        if (mismatch.isPresent()) {
            return new Prepared.Refuse(mismatch.get());
        }
        Decoding.Result decoded = Decoding.check(Kinds.SCALE, Optional.empty(), sent, reading);
        Optional<Rejection> refused = decoded.rejection().or(() -> Metadata.mismatch(kind, live, sent));
        if (refused.isPresent()) {
            return new Prepared.Refuse(refused.get());
        }
        ObjectNode scale = Registry.sent(Kinds.SCALE, live, sent, decoded, mutation);
        long replicas = Json.number(scale, "spec", "replicas").orElse(0L);
        if (replicas < 0 || replicas > Integer.MAX_VALUE) {
            Cause cause = Cause.invalid("spec.replicas", Long.toString(replicas), "must be greater than or equal to 0");
            return new Prepared.Refuse(Rejection.invalid(kind, Metadata.name(live), List.of(cause)));
        }
        ObjectNode object = live.deepCopy();
        wish(kind, object, (int) replicas);
        return Registry.finish(
                kind, live, object, Validation.validate(kind, Optional.of(live), object), decoded.warnings());
    }

    /** Puts a number of replicas where objects of a kind have it. */
    static void wish(Kind kind, ObjectNode object, int replicas) {
        kind.custom()
                .flatMap(Custom::scale)
                .ifPresentOrElse(
                        paths -> paths.wish(object, replicas),
                        () -> Json.child(object, "spec").put("replicas", replicas));
    }
}
