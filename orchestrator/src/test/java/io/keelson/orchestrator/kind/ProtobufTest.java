package io.keelson.orchestrator.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.kubernetes.client.proto.IntStr.IntOrString;
import io.kubernetes.client.proto.Meta;
import io.kubernetes.client.proto.Meta.ObjectMeta;
import io.kubernetes.client.proto.Resource;
import io.kubernetes.client.proto.Runtime;
import io.kubernetes.client.proto.V1;
import io.kubernetes.client.proto.V1Apps;
import io.kubernetes.client.proto.V1Coordination;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProtobufTest {

    private static byte[] body(String apiVersion, String kind, Message message) {
        try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
            bytes.write(new byte[] {'k', '8', 's', 0});
            Runtime.Unknown.newBuilder()
                    .setTypeMeta(Runtime.TypeMeta.newBuilder()
                            .setApiVersion(apiVersion)
                            .setKind(kind))
                    .setRaw(message.toByteString())
                    .build()
                    .writeTo(bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void decodes(String apiVersion, String kind, Message message, String expected) {
        assertThat(Protobuf.decode(body(apiVersion, kind, message))).isEqualTo(Json.parse(expected.replace('\'', '"')));
    }

    @Test
    void deploymentAsGoWritesIt() {
        var container = V1.Container.newBuilder()
                .setName("a")
                .setImage("i")
                .setWorkingDir("")
                .setStdin(false)
                .setResources(V1.ResourceRequirements.getDefaultInstance())
                .addPorts(
                        V1.ContainerPort.newBuilder().setName("").setHostPort(0).setContainerPort(80))
                .setLivenessProbe(V1.Probe.newBuilder()
                        .setPeriodSeconds(5)
                        .setHandler(V1.ProbeHandler.newBuilder()
                                .setHttpGet(V1.HTTPGetAction.newBuilder()
                                        .setPort(IntOrString.newBuilder()
                                                .setType(1)
                                                .setIntVal(0)
                                                .setStrVal("web")))));
        var volume = V1.Volume.newBuilder()
                .setName("v")
                .setVolumeSource(V1.VolumeSource.newBuilder()
                        .setConfigMap(V1.ConfigMapVolumeSource.newBuilder()
                                .setLocalObjectReference(
                                        V1.LocalObjectReference.newBuilder().setName("c"))));
        var emptyDir = V1.Volume.newBuilder()
                .setName("e")
                .setVolumeSource(
                        V1.VolumeSource.newBuilder().setEmptyDir(V1.EmptyDirVolumeSource.getDefaultInstance()));
        decodes(
                "apps/v1",
                "Deployment",
                V1Apps.Deployment.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder()
                                .setName("web")
                                .setGenerateName("")
                                .setCreationTimestamp(Meta.Time.getDefaultInstance())
                                .putLabels("app", "web"))
                        .setSpec(V1Apps.DeploymentSpec.newBuilder()
                                .setReplicas(0)
                                .setMinReadySeconds(0)
                                .setPaused(false)
                                .setStrategy(
                                        V1Apps.DeploymentStrategy.newBuilder().setType(""))
                                .setSelector(Meta.LabelSelector.newBuilder().putMatchLabels("app", "web"))
                                .setTemplate(V1.PodTemplateSpec.newBuilder()
                                        .setSpec(V1.PodSpec.newBuilder()
                                                .addContainers(container)
                                                .addVolumes(volume)
                                                .addVolumes(emptyDir)
                                                .setNodeName("")
                                                .setTerminationGracePeriodSeconds(0))))
                        .setStatus(V1Apps.DeploymentStatus.newBuilder().setReplicas(0))
                        .build(),
                """
                {'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','labels':{'app':'web'}},
                 'spec':{'replicas':0,'selector':{'matchLabels':{'app':'web'}},
                  'template':{'spec':{'containers':[{'name':'a','image':'i','ports':[{'containerPort':80}],
                    'livenessProbe':{'periodSeconds':5,'httpGet':{'port':'web'}}}],
                   'volumes':[{'name':'v','configMap':{'name':'c'}},{'name':'e','emptyDir':{}}],
                   'terminationGracePeriodSeconds':0}}}}
                """);
    }

    @Test
    void serviceSecretAndLease() {
        decodes(
                "v1",
                "Service",
                V1.Service.newBuilder()
                        .setSpec(V1.ServiceSpec.newBuilder()
                                .addPorts(V1.ServicePort.newBuilder()
                                        .setPort(80)
                                        .setTargetPort(IntOrString.newBuilder()
                                                .setType(0)
                                                .setIntVal(8080)
                                                .setStrVal(""))))
                        .build(),
                "{'apiVersion':'v1','kind':'Service','spec':{'ports':[{'port':80,'targetPort':8080}]}}");
        decodes(
                "v1",
                "Secret",
                V1.Secret.newBuilder()
                        .putData("a", ByteString.copyFromUtf8("hello"))
                        .setType("Opaque")
                        .build(),
                "{'apiVersion':'v1','kind':'Secret','data':{'a':'aGVsbG8='},'type':'Opaque'}");
        decodes(
                "coordination.k8s.io/v1",
                "Lease",
                V1Coordination.Lease.newBuilder()
                        .setSpec(V1Coordination.LeaseSpec.newBuilder()
                                .setRenewTime(Meta.MicroTime.newBuilder()
                                        .setSeconds(1_767_225_600)
                                        .setNanos(123_456_000)))
                        .build(),
                "{'apiVersion':'coordination.k8s.io/v1','kind':'Lease','spec':{'renewTime':'2026-01-01T00:00:00.123456Z'}}");
    }

    @Test
    void optionsAreTheSameInEveryGroup() {
        Message options = Meta.DeleteOptions.newBuilder()
                .setGracePeriodSeconds(0)
                .setPropagationPolicy("Background")
                .build();
        decodes(
                "v1",
                "DeleteOptions",
                options,
                "{'apiVersion':'v1','kind':'DeleteOptions','gracePeriodSeconds':0,'propagationPolicy':'Background'}");
        assertThat(Protobuf.decode(body("apps/v1", "DeleteOptions", options))
                        .path("gracePeriodSeconds")
                        .intValue())
                .isZero();
    }

    @Test
    void everyDecodedObjectFitsTheSchema() {
        var quantities = V1.Container.newBuilder()
                .setName("a")
                .setResources(V1.ResourceRequirements.newBuilder()
                        .putLimits(
                                "cpu",
                                Resource.Quantity.newBuilder().setString("500m").build()));
        var pod = Protobuf.decode(body(
                "v1",
                "Pod",
                V1.Pod.newBuilder()
                        .setSpec(V1.PodSpec.newBuilder().addContainers(quantities))
                        .build()));
        assertThat(Schema.check(Kinds.POD, pod)).isEmpty();
        assertThat(pod.at("/spec/containers/0/resources/limits/cpu").asString()).isEqualTo("500m");
    }

    @Test
    void whatIsNoSuchMessageIsRefused() {
        assertThat(Protobuf.isProtobuf("{}".getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThatThrownBy(() -> Protobuf.decode(new byte[] {1, 2})).isInstanceOf(MalformedJsonException.class);
        assertThatThrownBy(() -> Protobuf.decode(new byte[] {'k', '8', 's', 0, 10, 100}))
                .isInstanceOf(MalformedJsonException.class);
        assertThatThrownBy(() -> Protobuf.decode(body("example.com/v1", "Crontab", V1.Pod.getDefaultInstance())))
                .isInstanceOf(MalformedJsonException.class)
                .hasMessageContaining("example.com/v1 Crontab");
    }

    /** Bytes broken at random places either decode to something or are refused with the one exception; seeds are in the message. */
    @Test
    void brokenBodiesAreRefusedAndNothingElse() {
        byte[] whole = body(
                "v1",
                "Pod",
                V1.Pod.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder()
                                .setName("p")
                                .setCreationTimestamp(Meta.Time.newBuilder().setSeconds(1_767_225_600)))
                        .setSpec(V1.PodSpec.newBuilder()
                                .addContainers(
                                        V1.Container.newBuilder().setName("a").setImage("i")))
                        .build());
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] broken = whole.clone();
            for (int i = 0; i < 3; i++) {
                broken[4 + random.nextInt(broken.length - 4)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(Protobuf.decode(broken).has("kind")).isTrue();
            } catch (MalformedJsonException e) {
                assertThat(e).as("seed %s", seed).message().isNotEmpty();
            }
        }
        byte[] farFuture = body(
                "v1",
                "Pod",
                V1.Pod.newBuilder()
                        .setMetadata(ObjectMeta.newBuilder()
                                .setCreationTimestamp(Meta.Time.newBuilder().setSeconds(Long.MAX_VALUE)))
                        .build());
        assertThatThrownBy(() -> Protobuf.decode(farFuture)).isInstanceOf(MalformedJsonException.class);
    }
}
