package io.keelson.orchestrator.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Committed;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Listing;
import io.keelson.orchestrator.api.Past;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.orchestrator.past.Difference;
import io.keelson.orchestrator.past.Differences;
import io.keelson.orchestrator.past.Writer;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.sets.Item;
import io.keelson.orchestrator.sets.Undoing;
import io.keelson.proto.v1.ChangesRequest;
import io.keelson.proto.v1.ChangesResponse;
import io.keelson.proto.v1.CompareRequest;
import io.keelson.proto.v1.CompareResponse;
import io.keelson.proto.v1.FieldChange;
import io.keelson.proto.v1.GetAtRequest;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.ListAtRequest;
import io.keelson.proto.v1.ListResponse;
import io.keelson.proto.v1.Moment;
import io.keelson.proto.v1.ObjectChange;
import io.keelson.proto.v1.ObjectResponse;
import io.keelson.proto.v1.UndoRequest;
import io.keelson.proto.v1.UndoResponse;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The past, over gRPC. */
public final class HistoryService extends HistoryGrpc.HistoryImplBase {

    private final Api api;
    private final Asked asked;
    private final Undoing undoing;
    private final InstantSource clock;

    /** Over an API; the clock tells what ages in tables are counted to. */
    public HistoryService(Api api, InstantSource clock) {
        this.api = api;
        this.asked = new Asked(api);
        this.undoing = new Undoing(api);
        this.clock = clock;
    }

    @Override
    public void get(GetAtRequest request, StreamObserver<ObjectResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            Asked.authorize("get", ref.kind(), "", ref.namespace(), ref.name());
            long revision = revision(request.getAt());
            ObjectNode object = at(ref, revision);
            if (request.getAsTable()) {
                object = Tables.table(ref.kind(), List.of(object), clock.instant(), IncludeObject.METADATA);
            }
            return ObjectResponse.newBuilder()
                    .setObject(Forms.object(object, request.getEncoding()))
                    .setRevision(revision)
                    .build();
        });
    }

    @Override
    public void list(ListAtRequest request, StreamObserver<ListResponse> out) {
        Calls.answer(out, () -> {
            Kind kind = asked.kind(request.getKind());
            Asked.authorize("list", kind, "", request.getNamespace(), "");
            ListQuery query = ListQuery.in(kind, Asked.namespaceOfMany(kind, request.getNamespace()))
                    .withLabels(Asked.labels(request.getLabelSelector()))
                    .withFields(Asked.fields(kind, request.getFieldSelector()));
            Listing listing = api.past().list(query, revision(request.getAt()));
            return Forms.listing(kind, listing, request.getAsTable(), request.getEncoding(), clock.instant());
        });
    }

    @Override
    public void changes(ChangesRequest request, StreamObserver<ChangesResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            Asked.authorize("get", ref.kind(), "", ref.namespace(), ref.name());
            long oldest = api.past().oldest();
            long newest = api.past().newest();
            List<Past.Version> versions = api.past().versions(ref, oldest);
            if (versions.isEmpty()) {
                throw ApiException.notFound(ref.kind(), ref.name());
            }
            NavigableMap<Long, Instant> times = api.past().times(oldest);
            ChangesResponse.Builder response =
                    ChangesResponse.newBuilder().setOldestRevision(oldest).setRevision(newest);
            Optional<ObjectNode> before = Optional.empty();
            for (Past.Version version : versions) {
                boolean known = version.revision() > oldest;
                response.addChanges(change(version, before, known, times));
                before = version.object();
            }
            return response.build();
        });
    }

    private static ObjectChange change(
            Past.Version version, Optional<ObjectNode> before, boolean known, NavigableMap<Long, Instant> times) {
        ObjectChange.Builder change = ObjectChange.newBuilder().setRevision(version.revision());
        Optional<Writer> writer = version.object().flatMap(after -> Writer.of(before, after));
        writer.ifPresent(one -> change.setManager(one.manager()));
        writer.map(Writer::time)
                .or(() -> Optional.ofNullable(times.ceilingEntry(version.revision()))
                        .map(noted -> noted.getValue().toString()))
                .ifPresent(change::setTime);
        if (version.object().isEmpty()) {
            return change.setType(ObjectChange.Type.DELETED).build();
        }
        if (before.isEmpty()) {
            return change.setType(known ? ObjectChange.Type.CREATED : ObjectChange.Type.OLDEST_KNOWN)
                    .build();
        }
        return change.setType(ObjectChange.Type.CHANGED)
                .addAllChanges(messages(
                        Differences.between(before.get(), version.object().get())))
                .build();
    }

    @Override
    public void compare(CompareRequest request, StreamObserver<CompareResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            Asked.authorize("get", ref.kind(), "", ref.namespace(), ref.name());
            long from = revision(request.getFrom());
            long to = revision(request.getTo());
            ObjectNode before = api.past().find(ref, from).map(Stored::object).orElseGet(Json::object);
            ObjectNode after = api.past().find(ref, to).map(Stored::object).orElseGet(Json::object);
            if (before.isEmpty() && after.isEmpty()) {
                throw notThere(ref, to);
            }
            return CompareResponse.newBuilder()
                    .setFromRevision(from)
                    .setToRevision(to)
                    .addAllChanges(messages(Differences.between(before, after)))
                    .build();
        });
    }

    @Override
    public void undo(UndoRequest request, StreamObserver<UndoResponse> out) {
        Calls.answer(out, () -> {
            Ref ref = asked.ref(request.getRef());
            Asked.authorize("get", ref.kind(), "", ref.namespace(), ref.name());
            User user = Asked.authorize("update", ref.kind(), "", ref.namespace(), ref.name());
            long to = request.hasTo() ? revision(request.getTo()) : undoing.previous(ref);
            if (api.find(ref).isEmpty()) {
                Asked.authorize("create", ref.kind(), "", ref.namespace(), "");
            }
            Committed<Item> done = undoing.undo(ref, to, Asked.options(user, request.getOptions()));
            Item item = done.result();
            UndoResponse.Builder response = UndoResponse.newBuilder()
                    .setObject(Forms.object(item.after(), request.getEncoding()))
                    .setRevision(done.revision())
                    .setRestoredRevision(to)
                    .setRecreated(item.before().isEmpty())
                    .addAllWarnings(item.warnings());
            item.before()
                    .ifPresent(before -> response.addAllChanges(messages(Differences.between(before, item.after()))));
            return response.build();
        });
    }

    static List<FieldChange> messages(List<Difference> differences) {
        return differences.stream()
                .map(difference -> FieldChange.newBuilder()
                        .setPath(difference.path())
                        .setBefore(difference.before())
                        .setAfter(difference.after())
                        .build())
                .toList();
    }

    private ObjectNode at(Ref ref, long revision) {
        return api.past().find(ref, revision).map(Stored::object).orElseThrow(() -> notThere(ref, revision));
    }

    private static ApiException notThere(Ref ref, long revision) {
        return new ApiException(
                Reason.NOT_FOUND,
                ref.kind().qualifiedResource() + " \"" + ref.name() + "\" not found at revision " + revision);
    }

    /** The revision that a request means. */
    private long revision(Moment moment) {
        return switch (moment.getWhenCase()) {
            case REVISION -> {
                if (moment.getRevision() <= 0) {
                    throw ApiException.badRequest("a revision must be greater than 0, but is " + moment.getRevision());
                }
                yield moment.getRevision();
            }
            case TIME -> {
                try {
                    yield api.past()
                            .revisionAt(OffsetDateTime.parse(moment.getTime()).toInstant());
                } catch (DateTimeException e) {
                    throw ApiException.badRequest(
                            "Invalid value: \"" + moment.getTime() + "\": must be a time as in RFC 3339");
                }
            }
            case WHEN_NOT_SET -> api.past().newest();
        };
    }
}
