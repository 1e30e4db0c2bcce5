package io.keelson.orchestrator.rpc;

import io.keelson.orchestrator.access.Questions;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Evictions;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.v1.CreateRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects that are created and never stored, for what they say is a question: reviews, requests for tokens, evictions. REST tells a request
 * for a token and an eviction by their path; here the kind says it, and {@code metadata.name} which account or pod it is about.
 */
final class QuestionCalls {

    private static final String AUTHENTICATION = "authentication.k8s.io/v1";
    private static final String TOKEN_REQUEST = "TokenRequest";

    private final Questions questions;
    private final Api api;
    private final Evictions evictions;

    QuestionCalls(Questions questions, Api api, InstantSource clock) {
        this.questions = questions;
        this.api = api;
        this.evictions = new Evictions(api, clock);
    }

    /** Answers what is of a kind that is not stored. The same checks as over REST. */
    Stored answered(CreateRequest request, Asked.Sent sent) {
        if (sent.kind().equals(Kinds.BINDING)) {
            return bound(request, sent);
        }
        User user = Asked.authorize("create", sent.kind(), "", sent.namespace(), "");
        ObjectNode answer = questions
                .answer(sent.kind(), sent.namespace(), sent.object(), user)
                .orElseThrow(() -> new ApiException(
                        Reason.METHOD_NOT_ALLOWED, "the server does not allow this method on the requested resource"));
        return new Stored(answer, 0, sent.warnings());
    }

    /** Whether this asks for a token: no kind that is served, so it must be known before kinds are looked up. */
    static boolean isTokenRequest(ObjectNode object) {
        return Json.string(object, "kind").equals(Optional.of(TOKEN_REQUEST))
                && Json.string(object, "apiVersion").equals(Optional.of(AUTHENTICATION));
    }

    /** Whether this asks for a pod to go, if its budget allows it: no kind that is served either. */
    static boolean isEviction(ObjectNode object) {
        return Json.string(object, "kind").equals(Optional.of("Eviction"))
                && Json.string(object, "apiVersion").equals(Optional.of("policy/v1"));
    }

    /** Lets the pod go; the answer is a {@code Status} of success, as over REST. */
    Stored evicted(CreateRequest request, ObjectNode eviction) {
        String pod = Json.string(eviction, "metadata", "name").orElse("");
        String said = Json.string(eviction, "metadata", "namespace").orElse(request.getNamespace());
        String namespace = Asked.namespaceOfOne(Kinds.POD, said);
        if (pod.isEmpty()) {
            throw ApiException.badRequest("metadata.name: Required value: the name of the pod to evict");
        }
        User user = Asked.authorize("create", Kinds.POD, "eviction", namespace, pod);
        List<String> warnings = evictions.evict(
                new Ref(Kinds.POD, namespace, pod), eviction, Asked.options(user, request.getOptions()));
        ObjectNode status = Json.object().put("apiVersion", "v1").put("kind", "Status");
        status.putObject("metadata");
        return new Stored(status.put("status", "Success"), 0, warnings);
    }

    /** Makes the token. */
    Stored token(CreateRequest request, ObjectNode object) {
        String account = Json.string(object, "metadata", "name").orElse("");
        String said = Json.string(object, "metadata", "namespace").orElse(request.getNamespace());
        String namespace = Asked.namespaceOfOne(Kinds.SERVICE_ACCOUNT, said);
        if (account.isEmpty()) {
            throw ApiException.badRequest("metadata.name: Required value: the name of the service account");
        }
        User user = Asked.authorize("create", Kinds.SERVICE_ACCOUNT, "token", namespace, account);
        return questions.token(namespace, account, object, Asked.options(user, request.getOptions()));
    }

    /** A binding is no question either: it is for the pod of its name. */
    private Stored bound(CreateRequest request, Asked.Sent sent) {
        User user = Asked.authorize("create", sent.kind(), "", sent.namespace(), "");
        return api.update(
                new Ref(Kinds.POD, sent.namespace(), sent.name()),
                "binding",
                sent.object(),
                Asked.options(user, request.getOptions()));
    }
}
