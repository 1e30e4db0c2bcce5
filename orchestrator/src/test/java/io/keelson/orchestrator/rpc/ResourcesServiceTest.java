package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.ApplyResponse;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.DeleteRequest;
import io.keelson.proto.v1.DeleteResponse;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.KindsRequest;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Objects, and what a server says of itself, over gRPC. */
class ResourcesServiceTest extends OverGrpc {

    @Test
    void anObjectIsAppliedReadListedAndDeleted() {
        ApplyRequest apply = ApplyRequest.newBuilder()
                .setObject(json(configMap("life", "1")))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        assertThat(resources().apply(apply).getOutcome()).isEqualTo(ApplyResponse.Outcome.CREATED);
        assertThat(resources().apply(apply).getOutcome()).isEqualTo(ApplyResponse.Outcome.UNCHANGED);
        ApplyRequest changed =
                apply.toBuilder().setObject(json(configMap("life", "2"))).build();
        assertThat(resources().apply(changed).getOutcome()).isEqualTo(ApplyResponse.Outcome.CONFIGURED);
        GetRequest get = GetRequest.newBuilder()
                .setRef(ref("cm", "life"))
                .setEncoding(Encoding.ENCODING_JSON)
                .build();
        assertThat(Json.string(tree(resources().get(get).getObject()), "data", "k"))
                .contains("2");
        assertThat(resources()
                        .list(ListRequest.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("ConfigMaps"))
                                .setFieldSelector("metadata.name=life")
                                .build())
                        .getItemsList())
                .singleElement()
                .satisfies(item -> assertThat(
                                item.getStruct().getFieldsOrThrow("kind").getStringValue())
                        .isEqualTo("ConfigMap"));
        DeleteResponse deleted = resources()
                .delete(DeleteRequest.newBuilder()
                        .setRef(ref("configmap", "life"))
                        .build());
        assertThat(deleted.getGone()).isTrue();
        StatusRuntimeException missing = failure(() -> resources().get(get));
        assertThat(missing.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(missing.getStatus().getDescription()).isEqualTo("configmaps \"life\" not found");
    }

    @Test
    void failuresCarryTheKubernetesStatus() throws InvalidProtocolBufferException {
        StatusRuntimeException refused = failure(() -> resources()
                .create(CreateRequest.newBuilder()
                        .setObject(json(
                                "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}"))
                        .build()));
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        String status = Optional.ofNullable(StatusProto.fromThrowable(refused))
                .orElseThrow()
                .getDetails(0)
                .unpack(StringValue.class)
                .getValue();
        assertThat(Json.parse(status).get("reason").asString()).isEqualTo("Invalid");
        assertThat(Json.items(Json.parse(status), "details", "causes")).isNotEmpty();
    }

    @Test
    void badInputIsNamedWithTheWayOut() {
        assertThat(createFailure("{\"apiVersion\":\"v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"x\"}}"))
                .isEqualTo("no matches for kind \"Deployment\" in version \"v1\"; Deployment is in apps/v1");
        assertThat(createFailure("{\"kind\":\"Pod\"}")).contains("'apiVersion' is missing");
        assertThat(createFailure(configMap("x", "1").replace("data", "dta"))).contains("unknown field \"dta\"");
        assertThat(createFailure("{")).contains("is not JSON");
        assertThat(createFailure(configMap("x", "1").replace("\"k\"", "\"k\":\"0\",\"k\"")))
                .contains("duplicate field \"data.k\"");
    }

    @Test
    void aNumberThatJsonHasNotIsRefused() {
        for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Struct data = Struct.newBuilder()
                    .putFields("k", Value.newBuilder().setNumberValue(number).build())
                    .build();
            Struct object = Struct.newBuilder()
                    .putFields(
                            "apiVersion",
                            Value.newBuilder().setStringValue("v1").build())
                    .putFields("data", Value.newBuilder().setStructValue(data).build())
                    .build();
            CreateRequest request = CreateRequest.newBuilder()
                    .setObject(Object.newBuilder().setStruct(object))
                    .build();
            assertThat(failure(() -> resources().create(request)))
                    .hasMessage("INVALID_ARGUMENT: the object has a number that JSON has not: " + number);
        }
    }

    private String createFailure(String object) {
        StatusRuntimeException failure = failure(() -> resources()
                .create(CreateRequest.newBuilder().setObject(json(object)).build()));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        return String.valueOf(failure.getStatus().getDescription());
    }

    @Test
    void aWatchBeginsWithWhatExistsAndGoesOn() {
        apply(configMap("watched", "1"));
        Iterator<WatchEvent> events = resources()
                .watch(WatchRequest.newBuilder()
                        .setKind(KindRef.newBuilder().setApiVersion("v1").setKind("ConfigMap"))
                        .setFieldSelector("metadata.name=watched")
                        .setEncoding(Encoding.ENCODING_JSON)
                        .build());
        assertThat(events.next().getType()).isEqualTo(WatchEvent.Type.ADDED);
        apply(configMap("watched", "2"));
        WatchEvent modified = events.next();
        assertThat(modified.getType()).isEqualTo(WatchEvent.Type.MODIFIED);
        assertThat(Json.string(tree(modified.getObject()), "data", "k")).contains("2");
    }

    @Test
    void kindsHealthReflectionAndStatusAnswer() throws InterruptedException {
        assertThat(resources().kinds(KindsRequest.getDefaultInstance()).getKindsList())
                .anySatisfy(kind -> assertThat(kind.getShortNamesList()).contains("deploy"));
        assertThat(HealthGrpc.newBlockingStub(admin)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        assertThat(AdminGrpc.newBlockingStub(admin)
                        .status(ServerStatusRequest.getDefaultInstance())
                        .getName())
                .isEqualTo("s1");
        BlockingQueue<ServerReflectionResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<ServerReflectionRequest> ask =
                ServerReflectionGrpc.newStub(admin).serverReflectionInfo(into(answers));
        ask.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse listed = answers.poll(30, TimeUnit.SECONDS);
        assertThat(listed).isNotNull();
        assertThat(listed.getListServicesResponse().getServiceList())
                .extracting(service -> service.getName())
                .contains("keelson.v1.Resources", "keelson.v1.Nodes", "keelson.v1.Streams", "keelson.v1.Admin");
        ask.onCompleted();
    }

    @Test
    void aKindThatIsDefinedAtRunTimeIsKnownByItsNames() {
        resources()
                .create(CreateRequest.newBuilder()
                        .setEncoding(Encoding.ENCODING_JSON)
                        .setObject(json("""
                {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                 "metadata": {"name": "backups.rpc.example.com"},
                 "spec": {"group": "rpc.example.com", "scope": "Namespaced",
                  "names": {"plural": "backups", "kind": "Backup", "shortNames": ["bkp"]},
                  "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object",
                    "properties": {"spec": {"type": "object", "properties": {"keep": {"type": "integer", "default": 3}}}}}}}]}}"""))
                        .build());
        TestServer.await(
                "the definition is established",
                () -> resources()
                        .get(GetRequest.newBuilder()
                                .setEncoding(Encoding.ENCODING_JSON)
                                .setRef(ref("crd", "backups.rpc.example.com"))
                                .build())
                        .getObject()
                        .getJson()
                        .toStringUtf8()
                        .contains("the initial names have been accepted"));
        ObjectNode made = tree(resources()
                .create(CreateRequest.newBuilder()
                        .setEncoding(Encoding.ENCODING_JSON)
                        .setObject(json("""
                        {"apiVersion": "rpc.example.com/v1", "kind": "Backup", "metadata": {"name": "b", "namespace": "default"},
                         "spec": {}}"""))
                        .build())
                .getObject());
        assertThat(made.path("spec").path("keep").asInt()).isEqualTo(3);
        assertThat(tree(resources()
                        .get(GetRequest.newBuilder()
                                .setEncoding(Encoding.ENCODING_JSON)
                                .setRef(ref("bkp", "b"))
                                .build())
                        .getObject()))
                .isEqualTo(made);
    }
}
