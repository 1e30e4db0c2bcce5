package io.keelson.orchestrator.http;

import io.keelson.orchestrator.access.Questions;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Subresource;
import io.keelson.orchestrator.registry.Decoding;
import io.keelson.orchestrator.registry.FieldValidation;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Requests that create nothing, for what they send is a question: reviews, and requests for tokens. */
final class QuestionDoor {

    private static final String TOKEN = "token";

    private final Questions questions;

    QuestionDoor(Questions questions) {
        this.questions = questions;
    }

    /** Answers, if this is a question; whether it was. */
    boolean answered(Exchange exchange, Target target) {
        if (!exchange.method().equals("POST")) {
            return false;
        }
        if (target.kind().equals(Kinds.SERVICE_ACCOUNT) && target.subresource().equals(TOKEN)) {
            WriteOptions options = WriteParameters.of(exchange, exchange.user());
            ObjectNode request = Decoding.typed(target.kind(), TOKEN, question(exchange, target));
            Stored answer = questions.token(target.namespace(), target.name(), request, options);
            exchange.warn(answer.warnings());
            exchange.reply(201, answer.object());
            return true;
        }
        // A binding cannot be read either, but it is no question: it is for the pod.
        if (target.kind().readable()
                || target.kind().equals(Kinds.BINDING)
                || !target.name().isEmpty()) {
            return false;
        }
        ObjectNode question = question(exchange, target);
        question.put("apiVersion", target.kind().apiVersion())
                .put("kind", target.kind().kind());
        Optional<ObjectNode> answer = questions.answer(target.kind(), target.namespace(), question, exchange.user());
        answer.ifPresent(object -> exchange.reply(201, object));
        return answer.isPresent();
    }

    private static ObjectNode question(Exchange exchange, Target target) {
        ObjectNode sent = Bodies.object(exchange, target.kind(), FieldValidation.IGNORE)
                .orElseThrow(() -> ApiException.badRequest("the request has no body, but must have an object"))
                .object();
        String wanted = target.subresource().isEmpty()
                ? target.kind().kind()
                : Subresource.of(target.kind()).stream()
                        .filter(each -> each.name().equals(target.subresource()))
                        .map(Subresource::kind)
                        .findFirst()
                        .orElseThrow(Target::notFound);
        String said = Json.string(sent, "kind").orElse(wanted);
        if (!said.equals(wanted)) {
            throw ApiException.badRequest(
                    "the object provided is unrecognized (must be of type " + wanted + "): it is a " + said);
        }
        return sent;
    }
}
