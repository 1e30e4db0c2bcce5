package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.proto.v1.DeleteRequest;
import io.keelson.proto.v1.Encoding;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.HeartbeatRequest;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.NodeWatchEvent;
import io.keelson.proto.v1.NodeWatchRequest;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.PodEndedRequest;
import io.keelson.proto.v1.PodUsageRequest;
import io.keelson.proto.v1.RecordEventRequest;
import io.keelson.proto.v1.ReportPodRequest;
import io.keelson.proto.v1.ResourcesGrpc;
import io.keelson.proto.v1.UsageGrpc;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What nodes ask and tell over gRPC. */
class NodesServiceTest extends OverGrpc {

    @Test
    void aNodeRegistersItselfAndKeepsItsRange() {
        ObjectNode first = Json.parse(register().getNode().toByteArray());
        assertThat(Json.string(first, "spec", "podCIDR").orElseThrow()).matches("10\\.244\\.\\d+\\.0/24");
        ObjectNode second = Json.parse(register().getNode().toByteArray());
        assertThat(Json.string(second, "spec", "podCIDR")).isEqualTo(Json.string(first, "spec", "podCIDR"));
        assertThat(Json.string(second, "metadata", "uid")).isEqualTo(Json.string(first, "metadata", "uid"));
        assertThat(register().getServiceCidr()).isEqualTo("10.96.0.0/16");
    }

    @Test
    void aNodeMayNotSpeakForAnotherNorReadObjects() {
        StatusRuntimeException other = failure(() ->
                nodes().heartbeat(HeartbeatRequest.newBuilder().setNode("n2").build()));
        assertThat(other.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        StatusRuntimeException read = failure(() -> ResourcesGrpc.newBlockingStub(node)
                .get(GetRequest.newBuilder().setRef(ref("secret", "x")).build()));
        assertThat(read.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
        assertThat(read.getStatus().getDescription()).contains("system:node:n1");
    }

    @Test
    void heartbeatsRenewTheLease() {
        register();
        HeartbeatRequest beat = HeartbeatRequest.newBuilder().setNode("n1").build();
        assertThat(nodes().heartbeat(beat)).isNotNull();
        Ref lease = new Ref(Kinds.LEASE, NodesService.LEASE_NAMESPACE, "n1");
        String first = Json.string(server.api().get(lease).object(), "spec", "renewTime")
                .orElseThrow();
        assertThat(first).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        nodes().heartbeat(beat);
        assertThat(Json.string(server.api().get(lease).object(), "spec", "renewTime")
                        .orElseThrow())
                .isGreaterThan(first);
    }

    private static String line(NodeWatchEvent event) {
        return event.getType() + " " + event.getResource() + " " + event.getName();
    }

    private static List<String> until(Iterator<NodeWatchEvent> events, String last) {
        List<String> lines = new ArrayList<>();
        while (lines.isEmpty() || !lines.getLast().equals(last)) {
            lines.add(line(events.next()));
        }
        return lines;
    }

    @Test
    void aNodeHearsOfItsPodsAndOfWhatTheyName() {
        register();
        apply(configMap("named", "1"));
        apply(configMap("unnamed", "1"));
        Iterator<NodeWatchEvent> events =
                nodes().watch(NodeWatchRequest.newBuilder().setNode("n1").build());
        List<String> snapshot = until(events, "SYNCED  ");
        assertThat(snapshot).contains("SET services kubernetes", "SET nodes n1", "SET endpointslices kubernetes");
        String uid = podOnNode("fed", "named");
        List<String> pod = until(events, "SET pods fed");
        assertThat(pod).contains("SET configmaps named").doesNotContain("SET configmaps unnamed");
        apply(configMap("unnamed", "2"));
        apply(configMap("named", "2"));
        assertThat(until(events, "SET configmaps named")).doesNotContain("SET configmaps unnamed");
        resources().delete(DeleteRequest.newBuilder().setRef(ref("pod", "fed")).build());
        nodes().podEnded(PodEndedRequest.newBuilder()
                .setNamespace("default")
                .setName("fed")
                .setUid(uid)
                .build());
        assertThat(until(events, "GONE configmaps named")).contains("GONE pods fed");
    }

    @Test
    void aPodsStatusIsTakenOnlyForTheSamePod() {
        register();
        String uid = podOnNode("reported", "none");
        ReportPodRequest report = ReportPodRequest.newBuilder()
                .setNamespace("default")
                .setName("reported")
                .setUid(uid)
                .setStatus(ByteString.copyFromUtf8("{\"phase\":\"Running\",\"podIP\":\"10.244.0.2\"}"))
                .build();
        assertThat(nodes().reportPod(report).getRevision()).isPositive();
        Ref ref = new Ref(Kinds.POD, "default", "reported");
        assertThat(Json.string(server.api().get(ref).object(), "status", "phase"))
                .contains("Running");
        StatusRuntimeException other = failure(
                () -> nodes().reportPod(report.toBuilder().setUid("another").build()));
        assertThat(other.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
    }

    @Test
    void whatIsMissingIsNamed() {
        NodesGrpc.NodesBlockingStub anybody = NodesGrpc.newBlockingStub(admin).withDeadlineAfter(30, TimeUnit.SECONDS);
        assertThat(failure(() -> anybody.heartbeat(HeartbeatRequest.getDefaultInstance())))
                .hasMessage("INVALID_ARGUMENT: the name of the node is missing");
        assertThat(failure(() -> anybody.reportPod(
                        ReportPodRequest.newBuilder().setNamespace("default").build())))
                .hasMessage("INVALID_ARGUMENT: the name of the pod is missing");
        assertThat(failure(() -> anybody.podEnded(
                        PodEndedRequest.newBuilder().setName("x").build())))
                .hasMessage("INVALID_ARGUMENT: the namespace of the pod is missing");
    }

    @Test
    void thePodWhoseUsageIsAskedForIsInDefaultUnlessSaidOtherwise() {
        StatusRuntimeException none = failure(() -> UsageGrpc.newBlockingStub(admin)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .pods(PodUsageRequest.newBuilder().setName("nowhere").build()));
        assertThat(none.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(none.getStatus().getDescription()).contains("\"nowhere\"");
    }

    @Test
    void equalEventsAreCounted() {
        RecordEventRequest event = RecordEventRequest.newBuilder()
                .setNode("n1")
                .setApiVersion("v1")
                .setKind("Pod")
                .setNamespace("default")
                .setName("counted")
                .setUid("u")
                .setType("Normal")
                .setReason("Pulled")
                .setMessage("Image pulled")
                .build();
        for (int i = 0; i < 3; i++) {
            assertThat(nodes().recordEvent(event)).isNotNull();
        }
        assertThat(resources()
                        .list(ListRequest.newBuilder()
                                .setKind(KindRef.newBuilder().setResource("events"))
                                .setFieldSelector("involvedObject.name=counted")
                                .setEncoding(Encoding.ENCODING_JSON)
                                .build())
                        .getItemsList())
                .singleElement()
                .satisfies(item -> assertThat(Json.number(tree(item), "count")).contains(3L));
    }
}
