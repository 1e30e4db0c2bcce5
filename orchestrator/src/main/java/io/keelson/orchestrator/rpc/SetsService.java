package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Committed;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.past.Differences;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.orchestrator.sets.Applying;
import io.keelson.orchestrator.sets.Item;
import io.keelson.orchestrator.sets.Member;
import io.keelson.orchestrator.sets.SetRefusedException;
import io.keelson.orchestrator.sets.Sets;
import io.keelson.orchestrator.sets.Undoing;
import io.keelson.proto.v1.ApplySetRequest;
import io.keelson.proto.v1.ApplySetResponse;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetSetRequest;
import io.keelson.proto.v1.GetSetResponse;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.RefusedObject;
import io.keelson.proto.v1.RefusedObjects;
import io.keelson.proto.v1.SetItem;
import io.keelson.proto.v1.SetsGrpc;
import io.keelson.proto.v1.UndoSetRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Many objects as one, over gRPC. */
public final class SetsService extends SetsGrpc.SetsImplBase {

    /** Of these details; the rest of what can be sent is for those that every failure has. */
    private static final int MAX_DETAIL_BYTES = 2_200;

    private final Asked asked;
    private final Sets sets;
    private final Undoing undoing;

    /** Over an API. */
    public SetsService(Api api) {
        this.asked = new Asked(api);
        this.sets = new Sets(api);
        this.undoing = new Undoing(api);
    }

    @Override
    public void apply(ApplySetRequest request, StreamObserver<ApplySetResponse> out) {
        Calls.answer(
                out,
                () -> refusalsTold(() -> {
                    List<Asked.Sent> sent = allSent(request);
                    User user = Calls.authorized(new Access.ToPath("post", "/keelson.v1.Sets/Apply"));
                    for (Asked.Sent one : sent) {
                        Asked.authorize("patch", one.kind(), "", one.namespace(), one.name());
                    }
                    Applying wish = new Applying(
                            namespace(request.getNamespace()),
                            Asked.given(request.getSet()),
                            sent.stream()
                                    .map(one -> new Applying.Part(
                                            new Ref(one.kind(), one.namespace(), one.name()),
                                            one.object(),
                                            one.warnings()))
                                    .toList(),
                            request.getPrune(),
                            Asked.options(user, request.getOptions()),
                            ref -> Asked.authorize("delete", ref.kind(), "", ref.namespace(), ref.name()));
                    return response(sets.apply(wish), request.getEncoding(), request.getWithChanges());
                }));
    }

    /** All objects of a request; what is wrong with each is told together, like what is refused later. */
    private List<Asked.Sent> allSent(ApplySetRequest request) {
        List<Asked.Sent> sent = new ArrayList<>();
        RefusedObjects.Builder refused = RefusedObjects.newBuilder();
        List<String> messages = new ArrayList<>();
        for (int i = 0; i < request.getObjectsCount(); i++) {
            try {
                Asked.Sent one =
                        asked.sent(Forms.decoded(request.getObjects(i)), request.getNamespace(), request.getOptions());
                one.name();
                sent.add(one);
            } catch (ApiException e) {
                messages.add("object " + i + ": " + e.rejection().message());
                add(refused, i, ObjectRef.getDefaultInstance(), e.rejection());
            }
        }
        if (!messages.isEmpty()) {
            throw Calls.failure(
                    ApiException.badRequest("nothing was stored: " + String.join("; ", messages)), refused.build());
        }
        return sent;
    }

    @Override
    public void get(GetSetRequest request, StreamObserver<GetSetResponse> out) {
        Calls.answer(out, () -> {
            Calls.authorized(new Access.ToPath("get", "/keelson.v1.Sets/Get"));
            String namespace = namespace(request.getNamespace());
            Sets.Held held = sets.held(namespace, request.getSet())
                    .orElseThrow(() -> new ApiException(
                            Reason.NOT_FOUND,
                            "there is no set \"" + request.getSet() + "\" in namespace \"" + namespace + "\""));
            return GetSetResponse.newBuilder()
                    .addAllMembers(held.members().stream()
                            .map(Member::ref)
                            .map(SetsService::message)
                            .toList())
                    .setRevision(held.revision())
                    .build();
        });
    }

    @Override
    public void undo(UndoSetRequest request, StreamObserver<ApplySetResponse> out) {
        Calls.answer(
                out,
                () -> refusalsTold(() -> {
                    User user = Calls.authorized(new Access.ToPath("post", "/keelson.v1.Sets/Undo"));
                    Committed<List<Item>> done = undoing.undoSet(
                            namespace(request.getNamespace()),
                            request.getSet(),
                            Asked.options(user, request.getOptions()),
                            (verb, ref) -> Asked.authorize(verb, ref.kind(), "", ref.namespace(), ref.name()));
                    return response(done, Encoding.ENCODING_JSON, request.getWithChanges());
                }));
    }

    private static String namespace(String said) {
        return said.isEmpty() ? "default" : said;
    }

    private static ApplySetResponse response(Committed<List<Item>> done, Encoding encoding, boolean withChanges) {
        ApplySetResponse.Builder response = ApplySetResponse.newBuilder().setRevision(done.revision());
        for (Item item : done.result()) {
            SetItem.Builder message = SetItem.newBuilder()
                    .setRef(message(item.ref()))
                    .setOutcome(outcome(item.outcome()))
                    .setObject(Forms.object(item.after(), encoding))
                    .addAllWarnings(item.warnings());
            if (withChanges && item.outcome() == Item.Outcome.CONFIGURED) {
                item.before()
                        .ifPresent(before -> message.addAllChanges(
                                HistoryService.messages(Differences.between(before, item.after()))));
            }
            response.addItems(message);
        }
        return response.build();
    }

    private static SetItem.Outcome outcome(Item.Outcome outcome) {
        return switch (outcome) {
            case UNCHANGED -> SetItem.Outcome.UNCHANGED;
            case CREATED -> SetItem.Outcome.CREATED;
            case CONFIGURED -> SetItem.Outcome.CONFIGURED;
            case PRUNED -> SetItem.Outcome.PRUNED;
        };
    }

    static ObjectRef message(Ref ref) {
        return ObjectRef.newBuilder()
                .setKind(KindRef.newBuilder()
                        .setResource(ref.kind().qualifiedResource())
                        .setApiVersion(ref.kind().apiVersion())
                        .setKind(ref.kind().kind()))
                .setNamespace(ref.namespace())
                .setName(ref.name())
                .build();
    }

    private static <T> T refusalsTold(Supplier<T> call) {
        try {
            return call.get();
        } catch (SetRefusedException e) {
            RefusedObjects.Builder refused = RefusedObjects.newBuilder();
            e.refused().forEach(one -> add(refused, one.index(), message(one.ref()), one.rejection()));
            List<Reason> reasons = e.refused().stream()
                    .map(one -> one.rejection().reason())
                    .distinct()
                    .toList();
            Reason reason = reasons.size() == 1 ? reasons.getFirst() : Reason.INVALID;
            throw Calls.failure(
                    new ApiException(Rejection.of(reason, String.valueOf(e.getMessage())), e), refused.build());
        }
    }

    /** Those for which there is no room are told in the message. */
    private static void add(RefusedObjects.Builder refused, int index, ObjectRef ref, Rejection rejection) {
        RefusedObject one = RefusedObject.newBuilder()
                .setIndex(index)
                .setRef(ref)
                .setStatus(ByteString.copyFrom(Json.write(rejection.status())))
                .build();
        if (refused.build().getSerializedSize() + one.getSerializedSize() <= MAX_DETAIL_BYTES) {
            refused.addRefused(one);
        }
    }
}
