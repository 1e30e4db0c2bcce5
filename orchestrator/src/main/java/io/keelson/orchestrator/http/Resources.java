package io.keelson.orchestrator.http;

import io.keelson.orchestrator.access.GuardedLog;
import io.keelson.orchestrator.access.Renewal;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Applied;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.Deleted;
import io.keelson.orchestrator.api.Evictions;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Listing;
import io.keelson.orchestrator.api.LogQuery;
import io.keelson.orchestrator.api.LogStream;
import io.keelson.orchestrator.api.ObjectVersion;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.PodLogs;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Decoding;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Registry;
import io.keelson.orchestrator.registry.Scale;
import io.keelson.orchestrator.registry.ServerSideApply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Requests for objects: finds what is asked, whether the user may, and calls the {@link Api}. */
final class Resources {

    /** A log that is followed ends after this without a line: there is nothing to write that would tell that the reader has gone. */
    private static final Duration LONGEST_SILENCE = Duration.ofHours(4);

    private final Api api;
    private final PodLogs logs;
    private final Objects objects;
    private final Watches watches;
    private final Evictions evictions;

    Resources(Api api, PodLogs logs, InstantSource clock) {
        this.api = api;
        this.logs = logs;
        this.objects = new Objects(clock);
        this.watches = new Watches(api, objects);
        this.evictions = new Evictions(api, clock);
    }

    void handle(Exchange exchange, Target target) throws InterruptedException, Exchange.GoneException {
        warnOfKind(exchange, target);
        switch (exchange.method()) {
            case "GET" -> read(exchange, target);
            case "POST" -> post(exchange, target);
            case "PUT" -> put(exchange, target);
            case "PATCH" -> patch(exchange, target);
            case "DELETE" -> delete(exchange, target);
            default -> throw methodNotAllowed();
        }
    }

    /** Tells what happens to what a target names: one object, or all. */
    void watch(Exchange exchange, Target target) throws InterruptedException, Exchange.GoneException {
        warnOfKind(exchange, target);
        authorize(exchange, target, "watch");
        watches.watch(exchange, ReadParameters.watch(exchange, target));
    }

    private static void warnOfKind(Exchange exchange, Target target) {
        target.kind().deprecationWarning().ifPresent(warning -> exchange.warn(List.of(warning)));
    }

    private static ApiException methodNotAllowed() {
        return new ApiException(
                Reason.METHOD_NOT_ALLOWED, "the server does not allow this method on the requested resource");
    }

    /** Who asks, if the kind knows the verb; that the user may has been seen to. */
    private static User authorize(Exchange exchange, Target target, String verb) {
        if (target.subresource().isEmpty() && !target.kind().verbs().contains(verb)) {
            throw methodNotAllowed();
        }
        return exchange.user();
    }

    // Reads

    private void read(Exchange exchange, Target target) throws InterruptedException, Exchange.GoneException {
        boolean watch = exchange.query().flag("watch");
        if (target.name().isEmpty()) {
            authorize(exchange, target, watch ? "watch" : "list");
            if (watch) {
                watches.watch(exchange, ReadParameters.watch(exchange, target));
            } else {
                list(exchange, target);
            }
            return;
        }
        authorize(exchange, target, "get");
        switch (target.subresource()) {
            case "" -> objects.reply(exchange, 200, version(exchange, target));
            case "log" -> log(exchange, target);
            case "scale" -> {
                requireSubresource(target);
                ObjectNode object = version(exchange, target).object();
                objects.reply(exchange, 200, Kinds.SCALE, Scale.of(target.kind(), object));
            }
            default -> {
                requireSubresource(target);
                objects.reply(exchange, 200, version(exchange, target));
            }
        }
    }

    private static void requireSubresource(Target target) {
        boolean known =
                target.subresource().isEmpty() || target.kind().subresources().contains(target.subresource());
        if (!known) {
            throw Target.notFound();
        }
    }

    private ObjectVersion version(Exchange exchange, Target target) {
        return api.version(target.ref(), exchange.query().text("resourceVersion"));
    }

    private void list(Exchange exchange, Target target) throws Exchange.GoneException {
        ListQuery wanted = ReadParameters.list(exchange, target);
        Objects.Form form = Objects.Form.of(exchange, target.kind());
        if (Objects.isStreamed(exchange, form, wanted)) {
            objects.stream(exchange, form, api, wanted);
        } else {
            objects.reply(exchange, target.kind(), api.list(wanted));
        }
    }

    private void log(Exchange exchange, Target target) throws InterruptedException, Exchange.GoneException {
        requireSubresource(target);
        Query query = exchange.query();
        LogQuery wanted = new LogQuery(
                query.text("container"),
                query.flag("follow"),
                query.flag("previous"),
                query.flag("timestamps"),
                query.number("tailLines"),
                query.number("sinceSeconds"),
                query.text("sinceTime"),
                query.number("limitBytes"));
        try (LogStream log = new GuardedLog(
                logs.open(target.namespace(), target.name(), wanted),
                new Renewal(exchange::authorizedStill, System::nanoTime))) {
            // The first piece before the answer begins, so that a failure is told with the right status.
            Optional<byte[]> piece = log.next(LONGEST_SILENCE);
            exchange.goesOn();
            Exchange.Pieces out = exchange.pieces("text/plain");
            while (piece.filter(bytes -> bytes.length > 0).isPresent()) {
                out.write(piece.get());
                out.flush();
                piece = log.next(LONGEST_SILENCE);
            }
            out.end();
        }
    }

    // Writes

    private static Bodies.Sent body(Exchange exchange, Target target, WriteOptions options) {
        Bodies.Sent sent = Bodies.object(exchange, target.kind(), options.validation())
                .orElseThrow(() -> ApiException.badRequest("the request has no body, but must have an object"));
        return new Bodies.Sent(Decoding.typed(target.kind(), target.subresource(), sent.object()), sent.warnings());
    }

    private void post(Exchange exchange, Target target) {
        User user = authorize(exchange, target, "create");
        WriteOptions options = WriteParameters.of(exchange, user);
        if (!target.name().isEmpty()) {
            postSubresource(exchange, target, options);
            return;
        }
        if (target.kind().namespaced() && target.namespace().isEmpty()) {
            throw methodNotAllowed();
        }
        Bodies.Sent sent = body(exchange, target, options);
        if (target.kind().equals(Kinds.BINDING)) {
            bind(exchange, target, sent.object(), options);
            return;
        }
        if (!target.kind().persistent()) {
            throw methodNotAllowed();
        }
        Stored stored = api.create(target.kind(), target.namespace(), sent.object(), options);
        exchange.warn(sent.warnings());
        exchange.warn(stored.warnings());
        objects.reply(exchange, 201, target.kind(), stored);
    }

    /** A binding says by its own name which pod it is about. */
    private void bind(Exchange exchange, Target target, ObjectNode binding, WriteOptions options) {
        String pod = Json.string(binding, "metadata", "name").orElse("");
        if (pod.isEmpty()) {
            throw ApiException.badRequest("metadata.name: Required value: the name of the pod to bind");
        }
        exchange.warn(api.update(new Ref(Kinds.POD, target.namespace(), pod), "binding", binding, options)
                .warnings());
        exchange.reply(201, success(target, Optional.empty()));
    }

    private void postSubresource(Exchange exchange, Target target, WriteOptions options) {
        if (!target.kind().equals(Kinds.POD)) {
            throw methodNotAllowed();
        }
        switch (target.subresource()) {
            case "binding" -> {
                Bodies.Sent sent = body(exchange, target, options);
                exchange.warn(sent.warnings());
                exchange.warn(api.update(target.ref(), "binding", sent.object(), options)
                        .warnings());
                exchange.reply(201, success(target, Optional.empty()));
            }
            case "eviction" -> {
                ObjectNode eviction = body(exchange, target, options).object();
                String named = Json.string(eviction, "metadata", "name").orElse(target.name());
                if (!named.equals(target.name())) {
                    throw ApiException.badRequest("name in URL does not match name in Eviction object");
                }
                exchange.warn(evictions.evict(target.ref(), eviction, options));
                exchange.reply(201, success(target, Optional.empty()));
            }
            default -> throw methodNotAllowed();
        }
    }

    private void put(Exchange exchange, Target target) {
        User user = authorize(exchange, target, "update");
        if (target.name().isEmpty()) {
            throw methodNotAllowed();
        }
        requireSubresource(target);
        WriteOptions options = WriteParameters.of(exchange, user);
        Bodies.Sent sent = body(exchange, target, options);
        Registry.misnamed(target.name(), target.namespace(), sent.object()).ifPresent(misnamed -> {
            throw new ApiException(misnamed);
        });
        Stored stored = api.update(target.ref(), target.subresource(), sent.object(), options);
        exchange.warn(sent.warnings());
        replyWritten(exchange, target, stored);
    }

    private void patch(Exchange exchange, Target target) {
        User user = authorize(exchange, target, "patch");
        if (target.name().isEmpty()) {
            throw methodNotAllowed();
        }
        requireSubresource(target);
        WriteOptions options = WriteParameters.of(exchange, user);
        if (Bodies.isApply(exchange)) {
            apply(exchange, target, options);
            return;
        }
        PatchType type = Bodies.patchType(exchange);
        Json.DecodedValue patch = Bodies.patch(exchange);
        Stored stored = api.patch(target.ref(), target.subresource(), type, patch.value(), patch.duplicates(), options);
        replyWritten(exchange, target, stored);
    }

    private void apply(Exchange exchange, Target target, WriteOptions options) {
        Bodies.Sent sent = Bodies.configuration(exchange, options.validation());
        ServerSideApply.Request request = new ServerSideApply.Request(
                target.kind(),
                target.subresource(),
                sent.object(),
                exchange.query().flag("force"));
        Access.ToObjects creation = new Access.ToObjects(
                "create", target.kind().group(), target.resource(), target.namespace(), target.name());
        Applied applied = api.applyOwned(target.ref(), request, options, () -> exchange.authorized(creation));
        exchange.warn(sent.warnings());
        replyWritten(exchange, applied.outcome() == Applied.Outcome.CREATED ? 201 : 200, target, applied.stored());
    }

    private void replyWritten(Exchange exchange, Target target, Stored stored) {
        replyWritten(exchange, 200, target, stored);
    }

    private void replyWritten(Exchange exchange, int code, Target target, Stored stored) {
        exchange.warn(stored.warnings());
        if (target.subresource().equals("scale")) {
            objects.reply(exchange, code, Kinds.SCALE, Scale.of(target.kind(), stored.object()));
        } else {
            objects.reply(exchange, code, target.kind(), stored);
        }
    }

    // Deletes

    private void delete(Exchange exchange, Target target) {
        boolean one = !target.name().isEmpty();
        User user = authorize(exchange, target, one ? "delete" : "deletecollection");
        if (!target.subresource().isEmpty()) {
            throw methodNotAllowed();
        }
        ObjectNode wish = Bodies.object(exchange, target.kind(), FieldValidation.IGNORE)
                .map(Bodies.Sent::object)
                .orElseGet(Json::object);
        requireOptions(wish);
        DeleteOptions options = deleteOptions(exchange, target, wish, user);
        if (!one) {
            deleteAll(exchange, target, options);
            return;
        }
        Deleted deleted = api.delete(target.ref(), options);
        if (deleted.gone()) {
            exchange.reply(200, success(target, Json.string(deleted.object(), "metadata", "uid")));
        } else {
            objects.reply(exchange, 200, target.kind(), deleted.object());
        }
    }

    /** Who sends something else, such as the object, means something else. */
    private static void requireOptions(ObjectNode wish) {
        String kind = Json.string(wish, "kind").orElse("DeleteOptions");
        if (!kind.equals("DeleteOptions")) {
            throw ApiException.badRequest(
                    "the kind in the data (" + kind + ") does not match the expected kind (DeleteOptions)");
        }
    }

    private void deleteAll(Exchange exchange, Target target, DeleteOptions options) {
        if (target.kind().namespaced() && target.namespace().isEmpty()) {
            throw methodNotAllowed();
        }
        Query query = exchange.query();
        Listing listing = api.list(ListQuery.in(target.kind(), target.namespace())
                .withLabels(ReadParameters.labels(query))
                .withFields(ReadParameters.fields(target, query)));
        List<ObjectNode> deleted = new ArrayList<>();
        for (ObjectNode object : listing.items()) {
            Ref ref = new Ref(
                    target.kind(),
                    target.namespace(),
                    Json.string(object, "metadata", "name").orElseThrow());
            try {
                deleted.add(api.delete(ref, options).object());
            } catch (ApiException e) {
                // Somebody else was quicker, which is as good.
                if (e.reason() != Reason.NOT_FOUND) {
                    throw e;
                }
            }
        }
        objects.reply(exchange, target.kind(), new Listing(deleted, listing.revision(), "", Optional.empty()));
    }

    /** What the body says, and where that says nothing the query. */
    private static DeleteOptions deleteOptions(Exchange exchange, Target target, ObjectNode wish, User user) {
        Query query = exchange.query();
        ObjectNode whole = wish.deepCopy();
        if (!whole.has("propagationPolicy") && !query.text("propagationPolicy").isEmpty()) {
            whole.put("propagationPolicy", query.text("propagationPolicy"));
        }
        if (!whole.has("orphanDependents") && !query.text("orphanDependents").isEmpty()) {
            whole.put("orphanDependents", query.flag("orphanDependents"));
        }
        if (!whole.has("gracePeriodSeconds")) {
            query.number("gracePeriodSeconds").ifPresent(seconds -> whole.put("gracePeriodSeconds", seconds));
        }
        if (Json.items(whole, "dryRun").isEmpty() && !query.text("dryRun").isEmpty()) {
            whole.putArray("dryRun").add(query.text("dryRun"));
        }
        if (!DeleteOptions.saysWhatBecomesOfDependents(whole)) {
            exchange.warn(target.kind().strategy().orphans().filter(text -> !text.isEmpty()).stream()
                    .toList());
        }
        return DeleteOptions.wished(target.kind(), whole, false, user);
    }

    private static ObjectNode success(Target target, Optional<String> uid) {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.set("metadata", Json.object());
        status.put("status", "Success");
        ObjectNode details = Json.child(status, "details").put("name", target.name());
        if (!target.kind().group().isEmpty()) {
            details.put("group", target.kind().group());
        }
        details.put("kind", target.kind().resource());
        uid.ifPresent(value -> details.put("uid", value));
        return status;
    }
}
