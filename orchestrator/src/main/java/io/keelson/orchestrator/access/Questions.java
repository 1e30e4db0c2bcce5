package io.keelson.orchestrator.access;

import io.keelson.orchestrator.api.Admission;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.auth.Decision;
import io.keelson.orchestrator.auth.Reviews;
import io.keelson.orchestrator.auth.TokenRequests;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects that are questions: creating one gives the answer, and nothing is stored. Reviews of access and of tokens, and requests for
 * tokens.
 */
public final class Questions {

    private final Gate gate;
    private final Api api;
    private final InstantSource clock;
    private final Supplier<String> ids;

    /**
     * Answers what a gate knows.
     *
     * @param ids gives each token an id of its own
     */
    public Questions(Gate gate, Api api, InstantSource clock, Supplier<String> ids) {
        this.gate = gate;
        this.api = api;
        this.clock = clock;
        this.ids = ids;
    }

    /**
     * Answers a question.
     *
     * @param kind of the question
     * @param namespace in which it is asked; empty for none
     * @param user who asks, and may
     * @return empty if a question of this kind has no answer here
     * @throws ApiException INVALID or BAD_REQUEST if the question makes no sense
     */
    public Optional<ObjectNode> answer(Kind kind, String namespace, ObjectNode question, User user) {
        return switch (kind.group() + "/" + kind.kind()) {
            case "authorization.k8s.io/SubjectAccessReview",
                    "authorization.k8s.io/LocalSubjectAccessReview",
                    "authorization.k8s.io/SelfSubjectAccessReview" ->
                Optional.of(access(kind.kind(), namespace, question, user));
            case "authorization.k8s.io/SelfSubjectRulesReview" -> Optional.of(rules(question, user));
            case "authentication.k8s.io/SelfSubjectReview" -> Optional.of(Reviews.self(question, user));
            case "authentication.k8s.io/TokenReview" -> Optional.of(tokenReview(question));
            default -> Optional.empty();
        };
    }

    private ObjectNode access(String kind, String namespace, ObjectNode question, User user) {
        return switch (Reviews.access(kind, question, user, namespace)) {
            case Reviews.Asked.Refuse refused -> throw new ApiException(refused.rejection());
            case Reviews.Asked.Question asked -> {
                Decision decision = gate.decide(asked.user(), asked.access());
                yield Reviews.answered(question, decision);
            }
        };
    }

    private ObjectNode rules(ObjectNode question, User user) {
        String namespace = Json.string(question, "spec", "namespace").orElse("");
        if (namespace.isEmpty()) {
            throw ApiException.badRequest("no namespace on request");
        }
        return Reviews.rules(question, user, (who, errors) -> gate.rules(who, namespace, errors));
    }

    private ObjectNode tokenReview(ObjectNode question) {
        String token = Json.string(question, "spec", "token").orElse("");
        if (token.isEmpty()) {
            throw ApiException.badRequest("token is required for TokenReview in authentication");
        }
        List<String> audiences = new ArrayList<>();
        Json.items(question, "spec", "audiences").forEach(each -> audiences.add(each.asString("")));
        return Reviews.token(question, gate.token(token, audiences));
    }

    /**
     * Answers a TokenRequest, as those leave it who have a say.
     *
     * @param options with the user who asks, and may
     * @return the answer, with what the sender should know
     * @throws ApiException NOT_FOUND if there is no such service account; INVALID, BAD_REQUEST, CONFLICT or FORBIDDEN if it gets none
     */
    public Stored token(String namespace, String account, ObjectNode sent, WriteOptions options) {
        Ref ref = new Ref(Kinds.SERVICE_ACCOUNT, namespace, account);
        ObjectNode live = api.get(ref).object();
        Admission.Judged judged = api.admitCreation(ref, "token", sent, options);
        ObjectNode request = judged.object();
        User user = options.user();
        TokenRequests.Result result = TokenRequests.decide(
                user, live, request, gate.objects().newest(), gate.accounts().issuer(), clock.instant(), ids.get());
        return switch (result) {
            case TokenRequests.Result.Refuse refused -> throw new ApiException(refused.rejection());
            case TokenRequests.Result.Issue issue ->
                new Stored(
                        TokenRequests.answer(
                                issue.claims(),
                                request,
                                gate.accounts().sign(issue.claims().json())),
                        0,
                        Stream.concat(judged.warnings().stream(), TokenRequests.shortened(request).stream())
                                .toList());
        };
    }
}
