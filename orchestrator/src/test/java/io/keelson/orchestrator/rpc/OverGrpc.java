package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.ObjectRef;
import io.keelson.proto.v1.RegisterRequest;
import io.keelson.proto.v1.RegisterResponse;
import io.keelson.proto.v1.ResourcesGrpc;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A server, and clients that speak gRPC with it over TLS: an administrator and a node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OverGrpc {

    TestServer server;
    ManagedChannel admin;
    ManagedChannel node;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.channel(server.authority().client("admin", "CN=admin,O=system:masters"));
        node = server.channel(server.authority().client("n1", "CN=system:node:n1,O=system:nodes"));
    }

    @AfterAll
    void stop() {
        admin.shutdownNow();
        node.shutdownNow();
        server.close();
    }

    final ResourcesGrpc.ResourcesBlockingStub resources() {
        return ResourcesGrpc.newBlockingStub(admin).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    final NodesGrpc.NodesBlockingStub nodes() {
        return NodesGrpc.newBlockingStub(node).withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    static Object json(String text) {
        return Object.newBuilder().setJson(ByteString.copyFromUtf8(text)).build();
    }

    static ObjectNode tree(Object object) {
        return Json.parse(object.getJson().toByteArray());
    }

    static String configMap(String name, String value) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                + "\"},\"data\":{\"k\":\"" + value + "\"}}";
    }

    static ObjectRef ref(String resource, String name) {
        return ObjectRef.newBuilder()
                .setKind(KindRef.newBuilder().setResource(resource))
                .setName(name)
                .build();
    }

    static StatusRuntimeException failure(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call);
    }

    final void apply(String object) {
        assertThat(resources()
                        .apply(ApplyRequest.newBuilder().setObject(json(object)).build())
                        .getRevision())
                .isPositive();
    }

    static <T> StreamObserver<T> into(BlockingQueue<T> queue) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                queue.add(value);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {}
        };
    }

    final RegisterResponse register() {
        return nodes().register(RegisterRequest.newBuilder()
                .setNode(ByteString.copyFromUtf8(
                        "{\"metadata\":{\"name\":\"n1\",\"labels\":{\"zone\":\"a\"}},\"status\":"
                                + "{\"capacity\":{\"cpu\":\"4\",\"memory\":\"8Gi\",\"pods\":\"110\"},\"conditions\":[{\"type\":\"Ready\","
                                + "\"status\":\"True\"}]}}"))
                .build());
    }

    final String podOnNode(String name, String config) {
        apply("{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":{\"nodeName\":\"n1\",\"containers\":[{\"name\":\"c\",\"image\":\"i\",\"envFrom\":[{"
                + "\"configMapRef\":{\"name\":\"" + config + "\"}}]}]}}");
        return Json.string(server.api().get(new Ref(Kinds.POD, "default", name)).object(), "metadata", "uid")
                .orElseThrow();
    }
}
