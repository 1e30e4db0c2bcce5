package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.admit.Facts;
import io.keelson.orchestrator.admit.Request;
import io.keelson.orchestrator.admit.Review;
import io.keelson.orchestrator.admit.Webhook;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
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
import java.util.function.Supplier;
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
     * @param heard takes what they want to tell
     */
    ObjectNode mutate(Request request, Facts facts, UnaryOperator<ObjectNode> again, Heard heard) {
        List<Webhook> all = Webhook.mutating(facts);
        if (all.isEmpty()) {
            return request.object().orElseGet(Json::object);
        }
        Map<Webhook, ObjectNode> seen = new HashMap<>();
        Request current = request;
        for (int index = 0; index < all.size(); index++) {
            current = asked(all.get(index), new Turn(0, index), current, facts, heard, seen);
        }
        if (current.object().equals(request.object())) {
            return current.object().orElseGet(Json::object);
        }
        current = current.with(again.apply(current.object().orElseThrow()));
        for (int index = 0; index < all.size(); index++) {
            Webhook webhook = all.get(index);
            ObjectNode then = seen.get(webhook);
            if (then != null && webhook.again() && !then.equals(current.object().orElseThrow())) {
                current = asked(webhook, new Turn(1, index), current, facts, heard, seen);
            }
        }
        return current.object().orElseThrow();
    }

    /**
     * When a webhook is asked, as the audit log counts.
     *
     * @param round 1 for who is asked again
     * @param index its place among all that are configured
     */
    private record Turn(int round, int index) {

        String key(String what) {
            return what + ".webhook.admission.k8s.io/round_" + round + "_index_" + index;
        }
    }

    private Request asked(
            Webhook webhook, Turn turn, Request request, Facts facts, Heard heard, Map<Webhook, ObjectNode> seen) {
        Webhook.Concern concern = webhook.concern(request, facts);
        String failedOpen = turn.key("failed-open.mutation");
        Optional<Review.Answer.Allowed> answer = ask(webhook, request, concern, heard, failedOpen, true);
        Request after =
                answer.flatMap(Review.Answer.Allowed::object).map(request::with).orElse(request);
        answer.ifPresent(given -> note(webhook, turn, request, given, heard.notes()));
        if (answer.isPresent() && after.object().isPresent()) {
            seen.put(webhook, after.object().get().deepCopy());
        }
        return after;
    }

    /** What Kubernetes' audit log tells of a webhook that may change objects: whether it did, and where bodies are told also how. */
    private static void note(
            Webhook webhook, Turn turn, Request request, Review.Answer.Allowed given, AuditNotes notes) {
        boolean mutated = given.object()
                .filter(object -> !request.object().equals(Optional.of(object)))
                .isPresent();
        ObjectNode mutation = Json.object()
                .put("configuration", webhook.configuration())
                .put("webhook", webhook.name())
                .put("mutated", mutated);
        notes.add(turn.key("mutation"), mutation.toString());
        given.patch().ifPresent(patch -> {
            ObjectNode how =
                    Json.object().put("configuration", webhook.configuration()).put("webhook", webhook.name());
            how.set("patch", patch);
            notes.addOfBodies(
                    turn.key("patch"), how.put("patchType", "JSONPatch").toString());
        });
    }

    /** Lets the webhooks judge a write; the first in their order that refuses it decides. */
    void validate(Request request, Facts facts, Heard heard) {
        List<Judge> concerned = new ArrayList<>();
        for (Webhook webhook : Webhook.validating(facts)) {
            Webhook.Concern concern = webhook.concern(request, facts);
            if (!(concern instanceof Webhook.Concern.No)) {
                concerned.add(new Judge(webhook, concern, new Turn(0, concerned.size()).key("failed-open.validating")));
            }
        }
        if (concerned.size() <= 1) {
            concerned.forEach(judge -> judge(judge, request, heard));
            return;
        }
        List<Heard> told = new ArrayList<>();
        List<Future<Optional<Review.Answer.Allowed>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Judge judge : concerned) {
                Heard own = heard.apart();
                told.add(own);
                answers.add(threads.submit(() -> judge(judge, request, own)));
            }
        }
        told.forEach(own -> heard.warnings().addAll(own.warnings()));
        answers.forEach(Webhooks::finish);
    }

    /** A webhook that is to judge, and the key under which the audit log tells if it is passed over. */
    private record Judge(Webhook webhook, Webhook.Concern concern, String failedOpen) {}

    private Optional<Review.Answer.Allowed> judge(Judge judge, Request request, Heard heard) {
        return ask(judge.webhook(), request, judge.concern(), heard, judge.failedOpen(), false);
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

    /** The answer; empty if the webhook is not concerned, or did not answer and may be passed over. */
    private Optional<Review.Answer.Allowed> ask(
            Webhook webhook,
            Request request,
            Webhook.Concern concern,
            Heard heard,
            String failedOpen,
            boolean mayPatch) {
        Supplier<Optional<Review.Answer.Allowed>> passedOver = () -> {
            heard.notes().add(failedOpen, webhook.name());
            return Optional.empty();
        };
        return switch (concern) {
            case Webhook.Concern.No _ -> Optional.empty();
            case Webhook.Concern.Unclear unclear ->
                failed(webhook, new ApiException(request.forbidden(unclear.why())), unclear.why(), passedOver);
            case Webhook.Concern.Yes yes -> call(webhook, request, yes.kind(), heard, passedOver, mayPatch);
        };
    }

    private Optional<Review.Answer.Allowed> call(
            Webhook webhook,
            Request request,
            Kind kind,
            Heard heard,
            Supplier<Optional<Review.Answer.Allowed>> passedOver,
            boolean mayPatch) {
        if (request.dryRun() && !webhook.harmless()) {
            throw new ApiException(webhook.notForDryRun());
        }
        String uid = UUID.randomUUID().toString();
        byte[] question = Json.write(Review.question(webhook, uid, request, kind));
        Review.Answer answer = switch (caller.call(webhook.json().path("clientConfig"), question, webhook.timeout())) {
            case WebhookCaller.Answer.Body body -> Review.answer(webhook, uid, request, kind, body.text(), mayPatch);
            case WebhookCaller.Answer.None none -> new Review.Answer.Broken(none.why());
        };
        return switch (answer) {
            case Review.Answer.Allowed allowed -> {
                heard.warnings().addAll(allowed.warnings());
                allowed.audit().forEach((key, value) -> heard.notes().add(webhook.name() + "/" + key, value));
                yield Optional.of(allowed);
            }
            case Review.Answer.Denied denied -> {
                heard.warnings().addAll(denied.warnings());
                denied.audit().forEach((key, value) -> heard.notes().add(webhook.name() + "/" + key, value));
                throw new ApiException(denied.rejection());
            }
            case Review.Answer.Unfit unfit -> throw new ApiException(unfit.rejection());
            case Review.Answer.Broken broken ->
                failed(webhook, ApiException.settled(webhook.unanswered(broken.why())), broken.why(), passedOver);
        };
    }

    private static Optional<Review.Answer.Allowed> failed(
            Webhook webhook, ApiException refusal, String why, Supplier<Optional<Review.Answer.Allowed>> passedOver) {
        if (!webhook.ignorable()) {
            throw refusal;
        }
        LOG.log(Level.WARNING, () -> "webhook " + webhook.name() + " is passed over: " + why);
        return passedOver.get();
    }
}
