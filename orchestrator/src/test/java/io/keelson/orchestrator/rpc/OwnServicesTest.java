package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplySetRequest;
import io.keelson.proto.v1.ApplySetResponse;
import io.keelson.proto.v1.ChangesRequest;
import io.keelson.proto.v1.ChangesResponse;
import io.keelson.proto.v1.CompareRequest;
import io.keelson.proto.v1.DeleteRequest;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.ExplainRequest;
import io.keelson.proto.v1.ExplainResponse;
import io.keelson.proto.v1.FieldChange;
import io.keelson.proto.v1.GetAtRequest;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.GetSetRequest;
import io.keelson.proto.v1.HistoryGrpc;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListAtRequest;
import io.keelson.proto.v1.Moment;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectChange;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.RefusedObject;
import io.keelson.proto.v1.RefusedObjects;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.SetItem;
import io.keelson.proto.v1.SetsGrpc;
import io.keelson.proto.v1.UndoRequest;
import io.keelson.proto.v1.UndoResponse;
import io.keelson.proto.v1.UndoSetRequest;
import io.keelson.proto.v1.WhyGrpc;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What Keelson's own API has beyond Kubernetes, through a real client over TLS: sets, the past, why. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnServicesTest {

    private TestServer server;
    private ManagedChannel admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.channel(server.authority().client("admin", "CN=admin,O=system:masters"));
    }

    @AfterAll
    void stop() {
        admin.shutdownNow();
        server.close();
    }

    private SetsGrpc.SetsBlockingStub sets() {
        return SetsGrpc.newBlockingStub(admin).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private HistoryGrpc.HistoryBlockingStub history() {
        return HistoryGrpc.newBlockingStub(admin).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private ResourcesGrpc.ResourcesBlockingStub resources() {
        return ResourcesGrpc.newBlockingStub(admin).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    private ExplainResponse why(String resource, String name) {
        return WhyGrpc.newBlockingStub(admin)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .explain(ExplainRequest.newBuilder().setRef(ref(resource, name)).build());
    }

    private static Object json(String text) {
        return Object.newBuilder().setJson(ByteString.copyFromUtf8(text)).build();
    }

    private static Object map(String name, String value) {
        return json("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\"},\"data\":{\"k\":\"" + value + "\"}}");
    }

    private static ObjectRef ref(String resource, String name) {
        return ObjectRef.newBuilder()
                .setKind(KindRef.newBuilder().setResource(resource))
                .setName(name)
                .build();
    }

    private static Moment at(long revision) {
        return Moment.newBuilder().setRevision(revision).build();
    }

    private ApplySetResponse apply(String set, boolean prune, Object... objects) {
        return sets().apply(ApplySetRequest.newBuilder()
                .addAllObjects(List.of(objects))
                .setSet(set)
                .setPrune(prune)
                .setWithChanges(true)
                .setEncoding(Encoding.ENCODING_JSON)
                .build());
    }

    private static StatusRuntimeException failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    private static <T extends Message> Optional<T> detail(StatusRuntimeException failure, Class<T> type) {
        com.google.rpc.Status status = Objects.requireNonNull(StatusProto.fromThrowable(failure));
        for (Any any : status.getDetailsList()) {
            try {
                if (any.is(type)) {
                    return Optional.of(any.unpack(type));
                }
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }
        return Optional.empty();
    }

    @Test
    void aSetIsAppliedPrunedReadAndUndone() {
        ApplySetResponse first = apply("life", false, map("set-a", "1"), map("set-b", "1"));
        assertThat(first.getItemsList()).extracting(SetItem::getOutcome).containsOnly(SetItem.Outcome.CREATED);
        assertThat(Json.parse(first.getItems(0).getObject().getJson().toByteArray())
                        .path("metadata")
                        .path("resourceVersion")
                        .asString(""))
                .isEqualTo(Long.toString(first.getRevision()));
        ApplySetResponse second = apply("life", true, map("set-a", "2"));
        assertThat(second.getItemsList())
                .extracting(SetItem::getOutcome)
                .containsExactly(SetItem.Outcome.CONFIGURED, SetItem.Outcome.PRUNED);
        assertThat(second.getItems(0).getChangesList())
                .contains(FieldChange.newBuilder()
                        .setPath("data.k")
                        .setBefore("\"1\"")
                        .setAfter("\"2\"")
                        .build());
        GetSetRequest get = GetSetRequest.newBuilder().setSet("life").build();
        assertThat(sets().get(get).getMembersList())
                .extracting(ObjectRef::getName)
                .containsExactly("set-a");
        sets().undo(UndoSetRequest.newBuilder().setSet("life").build());
        assertThat(sets().get(get).getMembersList()).hasSize(2);
        assertThat(failure(() -> sets().undo(UndoSetRequest.newBuilder()
                                .setSet("none")
                                .build()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aRefusedSetNamesEachObjectAndField() {
        StatusRuntimeException refused = failure(
                () -> apply(
                        "",
                        false,
                        map("fine", "1"),
                        map("Not_Fine", "1"),
                        json(
                                "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\"},\"spec\":{\"ports\":[{\"port\":0}]}}")));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        List<RefusedObject> objects =
                detail(refused, RefusedObjects.class).orElseThrow().getRefusedList();
        assertThat(objects).extracting(RefusedObject::getIndex).containsExactly(1, 2);
        assertThat(objects.get(1).getStatus().toStringUtf8()).contains("spec.ports[0].port");
        assertThat(failure(() -> resources()
                                .get(GetRequest.newBuilder()
                                        .setRef(ref("configmaps", "fine"))
                                        .build()))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        StatusRuntimeException unknown =
                failure(() -> apply("", false, map("fine", "1"), json("{\"apiVersion\":\"v1\",\"kind\":\"Nope\"}")));
        assertThat(detail(unknown, RefusedObjects.class)
                        .orElseThrow()
                        .getRefused(0)
                        .getIndex())
                .isEqualTo(1);
    }

    @Test
    void objectsOfASetAreCountedByAQuotaOneAfterTheOther() {
        String namespace = "\"namespace\":\"counted\"";
        apply(
                "",
                false,
                json("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"counted\"}}"),
                json("{\"apiVersion\":\"v1\",\"kind\":\"ResourceQuota\",\"metadata\":{\"name\":\"two\"," + namespace
                        + "},\"spec\":{\"hard\":{\"count/secrets\":\"2\"}}}"));
        Object[] secrets = new Object[3];
        for (int i = 0; i < secrets.length; i++) {
            secrets[i] = json("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s" + i + "\","
                    + namespace + "}}");
        }
        StatusRuntimeException refused = failure(() -> apply("", false, secrets));
        assertThat(refused.getStatus().getDescription()).contains("exceeded quota: two");
        assertThat(apply("", false, secrets[0], secrets[1]).getItemsList())
                .extracting(SetItem::getOutcome)
                .containsOnly(SetItem.Outcome.CREATED);
    }

    @Test
    void failuresAreToldInGoogleRpcsWordsToo() {
        StatusRuntimeException invalid = failure(() -> resources()
                .apply(ApplyRequest.newBuilder().setObject(map("Not_Fine", "1")).build()));
        ErrorInfo info = detail(invalid, ErrorInfo.class).orElseThrow();
        assertThat(info.getReason()).isEqualTo("Invalid");
        assertThat(info.getDomain()).isEqualTo("keelson.v1");
        assertThat(info.getMetadataMap()).containsEntry("kind", "ConfigMap").containsEntry("name", "Not_Fine");
        BadRequest bad = detail(invalid, BadRequest.class).orElseThrow();
        assertThat(bad.getFieldViolations(0).getField()).isEqualTo("metadata.name");
        assertThat(bad.getFieldViolations(0).getReason()).isEqualTo("FieldValueInvalid");
    }

    @Test
    void aRefusalWithMoreToSayThanCanBeSentIsCut() {
        StringBuilder ports = new StringBuilder();
        for (int i = 0; i < 90; i++) {
            ports.append(i == 0 ? "" : ",")
                    .append("{\"name\":\"\u00e4_")
                    .append(i)
                    .append("\",\"port\":0}");
        }
        StatusRuntimeException invalid = failure(() -> resources()
                .apply(ApplyRequest.newBuilder()
                        .setObject(json(
                                "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\"},\"spec\":{\"ports\":["
                                        + ports + "]}}"))
                        .build()));
        assertThat(invalid.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(invalid.getStatus().getDescription())
                .startsWith("Service \"s\" is invalid")
                .endsWith("...");
        assertThat(detail(invalid, StringValue.class).orElseThrow().getValue()).contains("spec.ports[0].port");
    }

    @Test
    void thePastIsReadComparedAndBroughtBack() {
        long one = apply("", false, map("past", "1")).getRevision();
        long two = apply("", false, map("past", "2")).getRevision();
        assertThat(history()
                        .get(GetAtRequest.newBuilder()
                                .setRef(ref("configmaps", "past"))
                                .setAt(at(one))
                                .setEncoding(Encoding.ENCODING_JSON)
                                .build())
                        .getObject()
                        .getJson()
                        .toStringUtf8())
                .contains("\"k\":\"1\"");
        assertThat(history()
                        .list(ListAtRequest.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("configmaps"))
                                .setNamespace("default")
                                .setFieldSelector("metadata.name=past")
                                .setAt(at(one - 1))
                                .build())
                        .getItemsList())
                .isEmpty();
        assertThat(history()
                        .compare(CompareRequest.newBuilder()
                                .setRef(ref("configmaps", "past"))
                                .setFrom(at(one))
                                .setTo(at(two))
                                .build())
                        .getChangesList())
                .extracting(FieldChange::getPath)
                .containsExactly("data.k");
        resources()
                .delete(DeleteRequest.newBuilder()
                        .setRef(ref("configmaps", "past"))
                        .build());
        ChangesResponse changes = history()
                .changes(ChangesRequest.newBuilder()
                        .setRef(ref("configmaps", "past"))
                        .build());
        assertThat(changes.getChangesList())
                .extracting(ObjectChange::getType)
                .containsExactly(ObjectChange.Type.CREATED, ObjectChange.Type.CHANGED, ObjectChange.Type.DELETED);
        assertThat(changes.getChanges(0).getManager()).isEqualTo("keelson");
        UndoResponse back = history()
                .undo(UndoRequest.newBuilder()
                        .setRef(ref("configmaps", "past"))
                        .setTo(at(one))
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build());
        assertThat(back.getRecreated()).isTrue();
        assertThat(back.getObject().getJson().toStringUtf8()).contains("\"k\":\"1\"");
    }

    @Test
    void momentsThatMakeNoSenseAreRefused() {
        GetAtRequest.Builder request = GetAtRequest.newBuilder().setRef(ref("configmaps", "x"));
        assertThat(failure(() -> history().get(request.setAt(at(-1)).build()))
                        .getStatus()
                        .getDescription())
                .contains("must be greater than 0");
        assertThat(failure(() -> history()
                                .get(request.setAt(Moment.newBuilder().setTime("yesterday"))
                                        .build()))
                        .getStatus()
                        .getDescription())
                .contains("must be a time as in RFC 3339");
        StatusRuntimeException early = failure(() -> history()
                .get(request.setAt(Moment.newBuilder().setTime("2001-01-01T00:00:00Z"))
                        .build()));
        assertThat(early.getStatus().getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(early.getStatus().getDescription()).contains("the oldest revision that can be asked for is 1");
    }

    @Test
    void whyFollowsADeploymentToWhereItIsStuck() {
        apply(
                "",
                false,
                json(
                        "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\"},\"spec\":{\"replicas\":1,"
                                + "\"selector\":{\"matchLabels\":{\"a\":\"b\"}},\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}},"
                                + "\"spec\":{\"containers\":[{\"name\":\"main\",\"image\":\"x\"}]}}}}"));
        TestServer.await("the scheduler's word", () -> why("deploy", "web").getState() == ExplainResponse.State.STUCK);
        ExplainResponse explained = why("deployments", "web");
        assertThat(explained.getReason()).endsWith("has no node: there are no nodes.");
        assertThat(explained.getRemedy()).startsWith("Start a node");
        assertThat(explained.getChainList())
                .extracting(link -> link.getRef().getKind().getKind())
                .containsExactly("Deployment", "ReplicaSet", "Pod");
        assertThat(why("namespaces", "default").getState()).isEqualTo(ExplainResponse.State.AS_WISHED);
        assertThat(failure(() -> why("deployments", "none")).getStatus().getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void othersMayNothing() {
        ManagedChannel node = server.channel(server.authority().client("n1", "CN=system:node:n1,O=system:nodes"));
        try {
            assertThat(failure(() -> SetsGrpc.newBlockingStub(node)
                                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                                    .apply(ApplySetRequest.newBuilder()
                                            .addObjects(map("x", "1"))
                                            .build()))
                            .getStatus()
                            .getCode())
                    .isEqualTo(Status.Code.PERMISSION_DENIED);
        } finally {
            node.shutdownNow();
        }
    }
}
