package io.keelson.orchestrator.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.access.GuardedWatch;
import io.keelson.orchestrator.access.Questions;
import io.keelson.orchestrator.access.Renewal;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Applied;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.Deleted;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Listing;
import io.keelson.orchestrator.api.ObjectEvent;
import io.keelson.orchestrator.api.ObjectWatch;
import io.keelson.orchestrator.api.PatchType;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WatchQuery;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.orchestrator.registry.Propagation;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Scale;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplyResponse;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.DeleteRequest;
import io.keelson.proto.v1.DeleteResponse;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindInfo;
import io.keelson.proto.v1.KindsRequest;
import io.keelson.proto.v1.KindsResponse;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.ObjectResponse;
import io.keelson.proto.v1.PatchRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.UpdateRequest;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** Objects over gRPC. */
public final class ResourcesService extends ResourcesGrpc.ResourcesImplBase {

    /** So often a watch says that it is still there; only then a caller that has gone is noticed. */
    private static final Duration BOOKMARK = Duration.ofSeconds(10);

    private static final List<String> VERBS = List.of("create", "delete", "get", "list", "patch", "update", "watch");

    private final Api api;
    private final Asked asked;
    private final QuestionCalls questions;
    private final InstantSource clock;

    /**
     * Over an API.
     *
     * @param asked answers what is sent to be answered and not to be stored
     * @param clock tells what ages in tables are counted to
     */
    public ResourcesService(Api api, Questions asked, InstantSource clock) {
        this.api = api;
        this.asked = new Asked(api);
        this.questions = new QuestionCalls(asked, api, clock);
        this.clock = clock;
    }

    @Override
    public void kinds(KindsRequest request, StreamObserver<KindsResponse> out) {
        Calls.answer(out, () -> {
            Calls.authorized(new Access.ToPath("get", "/apis"));
            KindsResponse.Builder response = KindsResponse.newBuilder();
            for (Kind kind : api.kinds().all()) {
                response.addKinds(KindInfo.newBuilder()
                        .setGroup(kind.group())
                        .setVersion(kind.version())
                        .setKind(kind.kind())
                        .setResource(kind.resource())
                        .setSingular(kind.singular())
                        .addAllShortNames(kind.shortNames())
                        .setNamespaced(kind.namespaced())
                        .addAllVerbs(VERBS)
                        .addAllCategories(kind.categories())
                        .addAllSubresources(new TreeSet<>(kind.subresources())));
            }
            return response.build();
        });
    }

    @Override
    public void get(GetRequest request, StreamObserver<ObjectResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            Asked.authorize("get", ref.kind(), request.getSubresource(), ref.namespace(), ref.name());
            Stored stored = api.get(ref);
            ObjectNode object = switch (request.getSubresource()) {
                case "", "status" -> stored.object();
                case "scale" -> Scale.of(ref.kind(), stored.object());
                default ->
                    throw new ApiException(Reason.NOT_FOUND, "there is no subresource " + request.getSubresource());
            };
            if (request.getAsTable()) {
                object = Tables.table(ref.kind(), List.of(object), clock.instant(), IncludeObject.METADATA);
            }
            return response(new Stored(object, stored.revision()), request.getEncoding());
        });
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListResponse> out) {
        Calls.answer(out, () -> {
            Kind kind = asked.kind(request.getKind());
            Asked.authorize("list", kind, "", request.getNamespace(), "");
            Listing listing = api.list(ListQuery.in(kind, Asked.namespaceOfMany(kind, request.getNamespace()))
                    .withLabels(Asked.labels(request.getLabelSelector()))
                    .withFields(Asked.fields(kind, request.getFieldSelector()))
                    .withPage(Math.max(0, request.getLimit()), request.getContinue()));
            return Forms.listing(kind, listing, request.getAsTable(), request.getEncoding(), clock.instant());
        });
    }

    @Override
    public void create(CreateRequest request, StreamObserver<ObjectResponse> out) {
        Calls.answer(out, () -> {
            Json.Decoded decoded = Forms.decoded(request.getObject());
            if (QuestionCalls.isTokenRequest(decoded.object())) {
                return response(questions.token(request, decoded.object()), request.getEncoding());
            }
            if (QuestionCalls.isEviction(decoded.object())) {
                return response(questions.evicted(request, decoded.object()), request.getEncoding());
            }
            Asked.Sent sent = asked.sent(decoded, request.getNamespace(), request.getOptions());
            if (!sent.kind().persistent()) {
                return response(questions.answered(request, sent), request.getEncoding());
            }
            User user = Asked.authorize("create", sent.kind(), "", sent.namespace(), "");
            Stored stored =
                    api.create(sent.kind(), sent.namespace(), sent.object(), Asked.options(user, request.getOptions()));
            return response(sent.warned(stored), request.getEncoding());
        });
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<ObjectResponse> out) {
        Calls.answer(out, () -> {
            Asked.Sent sent = asked.sent(Forms.decoded(request.getObject()), "", request.getOptions());
            User user = Asked.authorize("update", sent.kind(), request.getSubresource(), sent.namespace(), sent.name());
            Ref ref = new Ref(sent.kind(), sent.namespace(), sent.name());
            Stored stored =
                    api.update(ref, request.getSubresource(), sent.object(), Asked.options(user, request.getOptions()));
            return response(sent.warned(stored), request.getEncoding());
        });
    }

    @Override
    public void patch(PatchRequest request, StreamObserver<ObjectResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            User user = Asked.authorize("patch", ref.kind(), request.getSubresource(), ref.namespace(), ref.name());
            PatchType type = switch (request.getType()) {
                case MERGE -> PatchType.MERGE;
                case STRATEGIC -> PatchType.STRATEGIC;
                case JSON -> PatchType.JSON;
                case UNRECOGNIZED -> throw ApiException.badRequest("unknown type of patch");
            };
            Json.DecodedValue patch;
            try {
                patch = Json.decodeAny(request.getPatch().toByteArray());
            } catch (MalformedJsonException e) {
                throw ApiException.badRequest("the patch " + e.getMessage());
            }
            Stored stored = api.patch(
                    ref,
                    request.getSubresource(),
                    type,
                    patch.value(),
                    patch.duplicates(),
                    Asked.options(user, request.getOptions()));
            if (request.getSubresource().equals("scale")) {
                stored = new Stored(Scale.of(ref.kind(), stored.object()), stored.revision(), stored.warnings());
            }
            return response(stored, request.getEncoding());
        });
    }

    @Override
    public void apply(ApplyRequest request, StreamObserver<ApplyResponse> out) {
        Calls.answer(out, () -> {
            Asked.Sent sent =
                    asked.sent(Forms.decoded(request.getObject()), request.getNamespace(), request.getOptions());
            User user = Asked.authorize("patch", sent.kind(), "", sent.namespace(), sent.name());
            Applied applied =
                    api.apply(sent.kind(), sent.namespace(), sent.object(), Asked.options(user, request.getOptions()));
            Stored stored = sent.warned(applied.stored());
            ApplyResponse.Outcome outcome = switch (applied.outcome()) {
                case UNCHANGED -> ApplyResponse.Outcome.UNCHANGED;
                case CREATED -> ApplyResponse.Outcome.CREATED;
                case CONFIGURED -> ApplyResponse.Outcome.CONFIGURED;
            };
            return ApplyResponse.newBuilder()
                    .setOutcome(outcome)
                    .setObject(Forms.object(stored, request.getEncoding()))
                    .setRevision(stored.revision())
                    .addAllWarnings(stored.warnings())
                    .build();
        });
    }

    @Override
    public void delete(DeleteRequest request, StreamObserver<DeleteResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            User user = Asked.authorize("delete", ref.kind(), "", ref.namespace(), ref.name());
            if (request.getDryRun()) {
                Callers.dryRun();
            }
            String policy = request.getPropagationPolicy();
            Deleted deleted = api.delete(
                    ref,
                    new DeleteOptions(
                            user,
                            Asked.given(request.getUid()),
                            Asked.given(request.getResourceVersion()),
                            request.hasGracePeriodSeconds()
                                    ? Optional.of(request.getGracePeriodSeconds())
                                    : Optional.empty(),
                            policy.isEmpty()
                                    ? Propagation.BACKGROUND
                                    : Propagation.of(policy)
                                            .orElseThrow(() -> ApiException.badRequest(
                                                    "propagation_policy must be Background, Foreground or Orphan, but is \""
                                                            + policy + "\"")),
                            request.getDryRun(),
                            List.of()));
            return DeleteResponse.newBuilder()
                    .setObject(Forms.object(deleted.object(), Encoding.ENCODING_JSON))
                    .setGone(deleted.gone())
                    .setRevision(deleted.revision())
                    .build();
        });
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<WatchEvent> out) {
        Calls.stream(out, sink -> {
            Kind kind = asked.kind(request.getKind());
            User user = Asked.authorize("watch", kind, "", request.getNamespace(), "");
            Renewal right =
                    new Renewal(() -> Asked.authorize("watch", kind, "", request.getNamespace(), ""), System::nanoTime);
            Callers.goesOn();
            WatchQuery query = new WatchQuery(
                    kind,
                    Asked.namespaceOfMany(kind, request.getNamespace()),
                    Asked.labels(request.getLabelSelector()),
                    Asked.fields(kind, request.getFieldSelector()),
                    Math.max(0, request.getFromRevision()));
            EventForm form = new EventForm(request.getEncoding());
            try (ObjectWatch watch = new GuardedWatch(api.watch(query, user), right)) {
                List<ObjectEvent> events = watch.next(BOOKMARK);
                while (!events.isEmpty()) {
                    events.forEach(event -> sink.send(event.in(form)));
                    events = watch.next(BOOKMARK);
                }
            }
        });
    }

    /** An event as a message, the same for all who want that encoding. */
    private record EventForm(Encoding encoding) implements ObjectEvent.Form<WatchEvent> {

        @Override
        public WatchEvent of(ObjectEvent event) {
            WatchEvent.Builder message = WatchEvent.newBuilder().setRevision(event.revision());
            switch (event.type()) {
                case ADDED -> message.setType(WatchEvent.Type.ADDED);
                case MODIFIED -> message.setType(WatchEvent.Type.MODIFIED);
                case DELETED -> message.setType(WatchEvent.Type.DELETED);
                case BOOKMARK -> {
                    return message.setType(WatchEvent.Type.BOOKMARK).build();
                }
            }
            return message.setObject(Forms.object(event.version(), encoding)).build();
        }
    }

    private static ObjectResponse response(Stored stored, Encoding encoding) {
        return ObjectResponse.newBuilder()
                .setObject(Forms.object(stored, encoding))
                .setRevision(stored.revision())
                .addAllWarnings(stored.warnings())
                .build();
    }
}
