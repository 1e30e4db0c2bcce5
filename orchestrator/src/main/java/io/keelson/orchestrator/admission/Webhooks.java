package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.admit.Facts;
import io.keelson.orchestrator.admit.Request;
import io.keelson.orchestrator.admit.Review;
import io.keelson.orchestrator.admit.Webhook;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.registry.Rejection;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/** Asks the webhooks about a write: those that change it one after the other, those that judge it all at once. */
final class Webhooks {

    private static final System.Logger LOG = System.getLogger(Webhooks.class.getName());

    private final WebhookCaller caller;

    Webhooks(WebhookCaller caller) {
        this.caller = caller;
    }

    /**
     * The object as the webhooks make it. Those that want to are asked a second time if the object has changed since.
     *
     * @param again what the built-in plugins make of it after webhooks changed it
     * @param warnings takes what they want to tell the writer
     */
    ObjectNode mutate(Request request, Facts facts, UnaryOperator<ObjectNode> again, List<String> warnings) {
        List<Webhook> all = Webhook.mutating(facts);
        if (all.isEmpty()) {
            return request.object().orElseGet(Json::object);
        }
        Map<Webhook, ObjectNode> seen = new HashMap<>();
        Request current = request;
        for (Webhook webhook : all) {
            current = asked(webhook, current, facts, warnings, seen);
        }
        if (current.object().equals(request.object())) {
            return current.object().orElseGet(Json::object);
        }
        current = current.with(again.apply(current.object().orElseThrow()));
        for (Webhook webhook : all) {
            ObjectNode then = seen.get(webhook);
            if (then != null && webhook.again() && !then.equals(current.object().orElseThrow())) {
                current = asked(webhook, current, facts, warnings, seen);
            }
        }
        return current.object().orElseThrow();
    }

    private Request asked(
            Webhook webhook, Request request, Facts facts, List<String> warnings, Map<Webhook, ObjectNode> seen) {
        Optional<Review.Answer.Allowed> answer = ask(webhook, request, facts, warnings, true);
        Request after =
                answer.flatMap(Review.Answer.Allowed::object).map(request::with).orElse(request);
        if (answer.isPresent() && after.object().isPresent()) {
            seen.put(webhook, after.object().get().deepCopy());
        }
        return after;
    }

    /** Lets the webhooks judge a write; the first in their order that refuses it decides. */
    void validate(Request request, Facts facts, List<String> warnings) {
        List<Webhook> concerned = new ArrayList<>();
        for (Webhook webhook : Webhook.validating(facts)) {
            if (!(webhook.concern(request, facts) instanceof Webhook.Concern.No)) {
                concerned.add(webhook);
            }
        }
        if (concerned.size() <= 1) {
            concerned.forEach(webhook -> ask(webhook, request, facts, warnings, false));
            return;
        }
        List<List<String>> told = new ArrayList<>();
        List<Future<Optional<Review.Answer.Allowed>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Webhook webhook : concerned) {
                List<String> own = new ArrayList<>();
                told.add(own);
                Webhook.Concern concern = webhook.concern(request, facts);
                answers.add(threads.submit(() -> ask(webhook, request, concern, own, false)));
            }
        }
        told.forEach(warnings::addAll);
        answers.forEach(Webhooks::finish);
    }

    private static void finish(Future<Optional<Review.Answer.Allowed>> answer) {
        try {
            answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ApiException refused) {
                throw refused;
            }
            throw new IllegalStateException("a webhook could not be asked", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while webhooks were asked", e);
        }
    }

    private Optional<Review.Answer.Allowed> ask(
            Webhook webhook, Request request, Facts facts, List<String> warnings, boolean mayPatch) {
        return ask(webhook, request, webhook.concern(request, facts), warnings, mayPatch);
    }

    /** The answer; empty if the webhook is not concerned, or did not answer and may be passed over. */
    private Optional<Review.Answer.Allowed> ask(
            Webhook webhook, Request request, Webhook.Concern concern, List<String> warnings, boolean mayPatch) {
        return switch (concern) {
            case Webhook.Concern.No _ -> Optional.empty();
            case Webhook.Concern.Unclear unclear -> failed(webhook, request.forbidden(unclear.why()), unclear.why());
            case Webhook.Concern.Yes yes -> call(webhook, request, yes.kind(), warnings, mayPatch);
        };
    }

    private Optional<Review.Answer.Allowed> call(
            Webhook webhook, Request request, Kind kind, List<String> warnings, boolean mayPatch) {
        if (request.dryRun() && !webhook.harmless()) {
            throw new ApiException(webhook.notForDryRun());
        }
        String uid = UUID.randomUUID().toString();
        byte[] question = Json.write(Review.question(uid, request, kind));
        Review.Answer answer = switch (caller.call(webhook.json().path("clientConfig"), question, webhook.timeout())) {
            case WebhookCaller.Answer.Body body -> Review.answer(webhook, uid, request, kind, body.text(), mayPatch);
            case WebhookCaller.Answer.None none -> new Review.Answer.Broken(none.why());
        };
        return switch (answer) {
            case Review.Answer.Allowed allowed -> {
                warnings.addAll(allowed.warnings());
                yield Optional.of(allowed);
            }
            case Review.Answer.Denied denied -> {
                warnings.addAll(denied.warnings());
                throw new ApiException(denied.rejection());
            }
            case Review.Answer.Broken broken -> failed(webhook, webhook.unanswered(broken.why()), broken.why());
        };
    }

    private static Optional<Review.Answer.Allowed> failed(Webhook webhook, Rejection refusal, String why) {
        if (!webhook.ignorable()) {
            throw new ApiException(refusal);
        }
        LOG.log(Level.WARNING, () -> "webhook " + webhook.name() + " is passed over: " + why);
        return Optional.empty();
    }
}
