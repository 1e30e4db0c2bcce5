package io.keelson.orchestrator.rpc;

import io.keelson.orchestrator.access.Questions;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.v1.CreateRequest;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects that are created and never stored, for what they say is a question: reviews, and requests for tokens. REST tells a request for a
 * token by its path; here the kind says it, and {@code metadata.name} whose token it is to be.
 */
final class QuestionCalls {

    private static final String AUTHENTICATION = "authentication.k8s.io/v1";
    private static final String TOKEN_REQUEST = "TokenRequest";

    private final Questions questions;
    private final Api api;

    QuestionCalls(Questions questions, Api api) {
        this.questions = questions;
        this.api = api;
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

    /** Makes the token. */
    Stored token(CreateRequest request, ObjectNode object) {
        String account = Json.string(object, "metadata", "name").orElse("");
        String said = Json.string(object, "metadata", "namespace").orElse(request.getNamespace());
        String namespace = Asked.namespaceOfOne(Kinds.SERVICE_ACCOUNT, said);
        if (account.isEmpty()) {
            throw ApiException.badRequest("metadata.name: Required value: the name of the service account");
        }
        User user = Asked.authorize("create", Kinds.SERVICE_ACCOUNT, "token", namespace, account);
        return new Stored(questions.token(namespace, account, object, user), 0);
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
