package io.keelson.orchestrator.rpc;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Decoding;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.orchestrator.select.SelectorException;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ObjectRef;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What requests say: kinds, names, selectors, objects, options; each checked, and refused in Kubernetes' words. */
final class Asked {

    private static final int MAX_FIELD_MANAGER_BYTES = 128;

    private final Api api;

    /** By the kinds that an API serves at the time. */
    Asked(Api api) {
        this.api = api;
    }

    /** The caller, if it may do this with an object, or with all of a kind if the name is empty. */
    static User authorize(String verb, Kind kind, String subresource, String namespace, String name) {
        String resource = subresource.isEmpty() ? kind.resource() : kind.resource() + "/" + subresource;
        return Calls.authorized(new Access.ToObjects(verb, kind.group(), resource, namespace, name), kind.version());
    }

    /** The kind that a request names. */
    Kind kind(KindRef ref) {
        if (!ref.getResource().isEmpty()) {
            return api.kinds()
                    .named(ref.getResource())
                    .or(() -> api.newestKinds().named(ref.getResource()))
                    .orElseThrow(() -> new ApiException(
                            Reason.NOT_FOUND, "the server doesn't have a resource type \"" + ref.getResource() + "\""));
        }
        return kind(ref.getApiVersion(), ref.getKind());
    }

    private Kind kind(String apiVersion, String kind) {
        if (apiVersion.isEmpty() || kind.isEmpty()) {
            throw ApiException.badRequest(
                    "Object '" + (kind.isEmpty() ? "kind" : "apiVersion") + "' is missing; both are needed");
        }
        return api.kinds()
                .byApiVersion(apiVersion, kind)
                .or(() -> api.newestKinds().byApiVersion(apiVersion, kind))
                .orElseThrow(() -> {
                    String hint = api.kinds()
                            .named(kind)
                            .map(known -> "; " + known.kind() + " is in " + known.apiVersion())
                            .orElse("");
                    return ApiException.badRequest(
                            "no matches for kind \"" + kind + "\" in version \"" + apiVersion + "\"" + hint);
                });
    }

    /** The object that a request names. */
    Ref ref(ObjectRef ref) {
        Kind kind = kind(ref.getKind());
        if (ref.getName().isEmpty()) {
            throw ApiException.badRequest("the name of the " + kind.singular() + " is missing");
        }
        return new Ref(kind, namespaceOfOne(kind, ref.getNamespace()), ref.getName());
    }

    /** Where one object is: its kind may have no namespaces; nothing said is "default". */
    static String namespaceOfOne(Kind kind, String said) {
        if (!kind.namespaced()) {
            return "";
        }
        return said.isEmpty() ? "default" : said;
    }

    /** Where many objects are; empty for everywhere. */
    static String namespaceOfMany(Kind kind, String said) {
        return kind.namespaced() ? said : "";
    }

    /** What an empty text stands for. */
    static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** A selector by labels. */
    static LabelSelector labels(String text) {
        try {
            return LabelSelector.parse(text);
        } catch (SelectorException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** A selector by fields. */
    static FieldSelector fields(Kind kind, String text) {
        try {
            return FieldSelector.parse(kind, text);
        } catch (SelectorException e) {
            throw ApiException.badRequest(String.valueOf(e.getMessage()));
        }
    }

    /** An object in a request, with what it is and where it belongs. */
    record Sent(Kind kind, String namespace, ObjectNode object, List<String> warnings) {

        String name() {
            return Json.string(object, "metadata", "name")
                    .filter(name -> !name.isEmpty())
                    .orElseThrow(() -> ApiException.badRequest(
                            "metadata.name: Required value: the " + kind.kind() + " has no name"));
        }

        Stored warned(Stored stored) {
            return stored.warned(warnings);
        }
    }

    /** The object in a request; strict or not about unknown fields, as the options say. */
    Sent sent(Json.Decoded decoded, String namespace, io.keelson.proto.v1.WriteOptions options) {
        ObjectNode object = decoded.object();
        Kind kind = kind(
                Json.string(object, "apiVersion").orElse(""),
                Json.string(object, "kind").orElse(""));
        Decoding.Result judged = Decoding.text(kind, object, decoded.duplicates(), validation(options));
        judged.rejection().ifPresent(rejection -> {
            throw new ApiException(rejection);
        });
        String own = Json.string(object, "metadata", "namespace").orElse("");
        String where = namespace.isEmpty() || !own.isEmpty() ? own : namespace;
        return new Sent(kind, namespaceOfOne(kind, where), object, judged.warnings());
    }

    private static FieldValidation validation(io.keelson.proto.v1.WriteOptions options) {
        return switch (options.getFieldValidation()) {
            case FIELD_VALIDATION_STRICT -> FieldValidation.STRICT;
            case FIELD_VALIDATION_WARN -> FieldValidation.WARN;
            case FIELD_VALIDATION_IGNORE -> FieldValidation.IGNORE;
            case UNRECOGNIZED -> throw ApiException.badRequest("unknown field_validation");
        };
    }

    /** How a write is to be done. */
    static WriteOptions options(User user, io.keelson.proto.v1.WriteOptions options) {
        String manager = options.getFieldManager();
        if (manager.getBytes(StandardCharsets.UTF_8).length > MAX_FIELD_MANAGER_BYTES) {
            throw ApiException.badRequest(
                    Cause.tooLong("field_manager", MAX_FIELD_MANAGER_BYTES).toString());
        }
        if (options.getDryRun()) {
            Callers.dryRun();
        }
        return new WriteOptions(
                user, manager.isEmpty() ? "keelson" : manager, options.getDryRun(), validation(options), List.of());
    }
}
