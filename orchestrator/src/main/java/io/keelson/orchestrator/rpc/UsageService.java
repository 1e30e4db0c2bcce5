package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.Metrics;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.MetricsKinds;
import io.keelson.proto.v1.NodeUsageRequest;
import io.keelson.proto.v1.Object;
import io.keelson.proto.v1.PodUsageRequest;
import io.keelson.proto.v1.UsageGrpc;
import io.keelson.proto.v1.UsageResponse;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What nodes and pods use, over gRPC: with the rights that the same takes over REST. */
public final class UsageService extends UsageGrpc.UsageImplBase {

    private final Metrics metrics;

    /** Over what measures. */
    public UsageService(Metrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void nodes(NodeUsageRequest request, StreamObserver<UsageResponse> out) {
        Calls.stream(out, sink -> {
            boolean one = !request.getName().isEmpty();
            Calls.authorized(
                    new Access.ToObjects(verb(one), MetricsKinds.GROUP, "nodes", "", request.getName()),
                    MetricsKinds.VERSION);
            sink.send(response(
                    one
                            ? List.of(metrics.node(request.getName()))
                            : items(metrics.nodes(Asked.labels(request.getLabelSelector())))));
        });
    }

    @Override
    public void pods(PodUsageRequest request, StreamObserver<UsageResponse> out) {
        Calls.stream(out, sink -> {
            boolean one = !request.getName().isEmpty();
            String namespace = one ? Asked.namespaceOfOne(Kinds.POD, request.getNamespace()) : request.getNamespace();
            Calls.authorized(
                    new Access.ToObjects(verb(one), MetricsKinds.GROUP, "pods", namespace, request.getName()),
                    MetricsKinds.VERSION);
            sink.send(response(
                    one
                            ? List.of(metrics.pod(namespace, request.getName()))
                            : items(metrics.pods(namespace, Asked.labels(request.getLabelSelector())))));
        });
    }

    private static String verb(boolean one) {
        return one ? "get" : "list";
    }

    private static List<ObjectNode> items(ObjectNode list) {
        return Json.items(list, "items").stream().map(ObjectNode.class::cast).toList();
    }

    private static UsageResponse response(List<ObjectNode> metrics) {
        UsageResponse.Builder response = UsageResponse.newBuilder();
        metrics.forEach(
                each -> response.addMetrics(Object.newBuilder().setJson(ByteString.copyFrom(Json.write(each)))));
        return response.build();
    }
}
