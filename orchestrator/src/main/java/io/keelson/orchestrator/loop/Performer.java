package io.keelson.orchestrator.loop;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Propagation;
import io.keelson.orchestrator.view.Refusal;
import io.keelson.proto.etcd.Compare;
import io.keelson.store.KvException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** Performs actions through the object API, each in one transaction that compares what it was based on and the epoch. Thread safe. */
final class Performer {

    private static final System.Logger LOG = System.getLogger(Performer.class.getName());

    private final Api api;
    private final Epoch epoch;
    private final Consumer<Action.RecordEvent> events;

    /**
     * For one term.
     *
     * @param events takes what is to be told; must not block
     */
    Performer(Api api, Epoch epoch, Consumer<Action.RecordEvent> events) {
        this.api = api;
        this.epoch = epoch;
        this.events = events;
    }

    /**
     * Does it, once.
     *
     * @param fieldManager who will own the fields that are set
     */
    Outcome perform(String fieldManager, Action action) {
        try {
            return new Outcome.Done(revisionOf(fieldManager, action));
        } catch (ApiException refused) {
            return outcome(action, refused);
        } catch (KvException noAnswer) {
            return new Outcome.Failed(noAnswer.reason() + ": " + noAnswer.getMessage());
        } catch (RuntimeException mistake) {
            // Of one write, such as in a plugin of admission. Were it not told, its work would count as under way for
            // ever.
            LOG.log(Level.ERROR, action.ref() + " failed", mistake);
            return new Outcome.Failed("mistake: " + mistake);
        }
    }

    /** Objects are copied: parts of the picture may be in them, which nobody may alter. */
    private long revisionOf(String fieldManager, Action action) {
        return switch (action) {
            case Action.Create create ->
                api.create(
                                create.ref().kind(),
                                create.ref().namespace(),
                                create.object().deepCopy(),
                                guarded(fieldManager, create.onlyIf().map(Performer::compare)))
                        .revision();
            case Action.Patch patch ->
                api.patch(
                                patch.ref(),
                                "",
                                PatchType.MERGE,
                                patch.patch().deepCopy(),
                                guarded(fieldManager, patch.ref(), patch.ifRevision()))
                        .revision();
            case Action.Update update ->
                api.update(
                                update.ref(),
                                update.subresource(),
                                update.object().deepCopy(),
                                guarded(fieldManager, update.ref(), update.ifRevision()))
                        .revision();
            case Action.Bind bind ->
                api.update(bind.ref(), "binding", binding(bind), guarded(fieldManager, bind.ref(), bind.ifRevision()))
                        .revision();
            case Action.Delete delete ->
                api.delete(delete.ref(), options(delete)).revision();
            case Action.Announced announced -> {
                long revision = revisionOf(fieldManager, announced.write());
                events.accept(announced.event());
                yield revision;
            }
            case Action.RecordEvent event -> {
                events.accept(event);
                yield 0;
            }
            case Action.LookAgain again ->
                throw new IllegalArgumentException("a timer is nothing to perform: " + again);
        };
    }

    private static Compare compare(Action.Condition condition) {
        return switch (condition) {
            case Action.Condition.Exists exists -> Epoch.created(key(exists.ref()), exists.createRevision());
            case Action.Condition.Unchanged unchanged -> Epoch.unchanged(key(unchanged.ref()), unchanged.revision());
        };
    }

    private static ByteString key(Ref ref) {
        return ByteString.copyFromUtf8(ref.key());
    }

    private WriteOptions guarded(String fieldManager, Optional<Compare> more) {
        return WriteOptions.guarded(
                fieldManager,
                Stream.concat(Stream.of(epoch.guard()), more.stream()).toList());
    }

    private WriteOptions guarded(String fieldManager, Ref ref, long ifRevision) {
        return guarded(fieldManager, Optional.of(Epoch.unchanged(key(ref), ifRevision)));
    }

    private static ObjectNode binding(Action.Bind bind) {
        ObjectNode binding = Json.object().put("apiVersion", "v1").put("kind", "Binding");
        binding.putObject("metadata")
                .put("name", bind.ref().name())
                .put("namespace", bind.ref().namespace());
        binding.putObject("target").put("apiVersion", "v1").put("kind", "Node").put("name", bind.node());
        return binding;
    }

    private DeleteOptions options(Action.Delete delete) {
        Propagation propagation = switch (delete.propagation()) {
            case BACKGROUND -> Propagation.BACKGROUND;
            case FOREGROUND -> Propagation.FOREGROUND;
            case ORPHAN -> Propagation.ORPHAN;
        };
        DeleteOptions options =
                DeleteOptions.guarded(delete.ifUid(), List.of(epoch.guard())).withPropagation(propagation);
        return delete.grace()
                .map(grace -> options.withGracePeriodSeconds(grace.toSeconds()))
                .orElse(options);
    }

    private static Outcome outcome(Action action, ApiException refused) {
        Action write = action instanceof Action.Announced announced ? announced.write() : action;
        return switch (refused.reason()) {
            case CONFLICT, ALREADY_EXISTS, EXPIRED ->
                new Outcome.Stale(refused.rejection().message());
            case NOT_FOUND ->
                switch (write) {
                    case Action.Delete delete -> new Outcome.Done(0);
                    case Action.Create create -> refusal(refused);
                    case Action.Patch patch ->
                        new Outcome.Stale(refused.rejection().message());
                    case Action.Update update ->
                        new Outcome.Stale(refused.rejection().message());
                    case Action.Bind bind ->
                        new Outcome.Stale(refused.rejection().message());
                    case Action.Announced announced ->
                        new Outcome.Stale(refused.rejection().message());
                    case Action.RecordEvent event ->
                        new Outcome.Stale(refused.rejection().message());
                    case Action.LookAgain again ->
                        new Outcome.Stale(refused.rejection().message());
                };
            case BAD_REQUEST,
                    UNAUTHORIZED,
                    FORBIDDEN,
                    METHOD_NOT_ALLOWED,
                    NOT_ACCEPTABLE,
                    REQUEST_ENTITY_TOO_LARGE,
                    UNSUPPORTED_MEDIA_TYPE,
                    INVALID,
                    NOT_IMPLEMENTED -> refusal(refused);
            case TOO_MANY_REQUESTS, INTERNAL_ERROR, UNKNOWN, SERVICE_UNAVAILABLE, TIMEOUT ->
                new Outcome.Failed(refused.rejection().message());
        };
    }

    private static Outcome refusal(ApiException refused) {
        return new Outcome.Refused(
                new Refusal(refused.reason().word(), refused.rejection().message()));
    }
}
