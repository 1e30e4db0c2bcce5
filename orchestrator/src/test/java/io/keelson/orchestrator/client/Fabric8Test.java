package io.keelson.orchestrator.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ConfigMapList;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.IngressBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.IngressStatusBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.keelson.orchestrator.testing.TestServer;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** fabric8's client for Java: requests and what becomes of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Fabric8Test {

    private ClientServer server;
    private KubernetesClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = new ClientServer(directory);
        client = new KubernetesClientBuilder()
                .withConfig(Config.fromKubeconfig(server.kubeconfig().toFile()))
                .build();
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    private String namespace(String name) {
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
        return name;
    }

    private static ConfigMap map(String name, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("app", "x")
                .endMetadata()
                .addToData("k", value)
                .build();
    }

    private static Deployment deployment(String namespace, int replicas) {
        return new DeploymentBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace(namespace)
                .endMetadata()
                .withNewSpec()
                .withReplicas(replicas)
                .withNewSelector()
                .addToMatchLabels("app", "web")
                .endSelector()
                .withNewTemplate()
                .withNewMetadata()
                .addToLabels("app", "web")
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("c")
                .withImage("busybox:1")
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    @Test
    void typedObjectsAreMadeReadChangedAndDeleted() {
        String ns = namespace("f-crud");
        Service made = client.services()
                .inNamespace(ns)
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName("web")
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "web")
                        .addNewPort()
                        .withPort(80)
                        .withNewTargetPort("http")
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        assertThat(made.getSpec().getClusterIP()).startsWith("10.96.");
        assertThat(made.getSpec().getPorts().getFirst().getTargetPort().getStrVal())
                .isEqualTo("http");

        Deployment created = client.resource(deployment(ns, 0)).create();
        assertThat(created.getSpec()
                        .getStrategy()
                        .getRollingUpdate()
                        .getMaxSurge()
                        .getStrVal())
                .isEqualTo("25%");
        assertThat(client.resource(created).delete())
                .singleElement()
                .satisfies(status -> assertThat(status.getName()).isEqualTo("web"));
        assertThat(client.resource(created).get()).isNull();

        // What is read is written back with its revision, so this is an object that no controller writes.
        Resource<Service> web = client.services().inNamespace(ns).withName("web");
        Service edited = web.edit(live -> new ServiceBuilder(live)
                .editSpec()
                .addToSelector("tier", "front")
                .endSpec()
                .build());
        assertThat(edited.getSpec().getSelector()).containsEntry("tier", "front");
        edited.getSpec().setSessionAffinity("ClientIP");
        edited.getMetadata().setResourceVersion(null);
        Service updated = client.resource(edited).update();
        assertThat(updated.getSpec().getSessionAffinityConfig().getClientIP().getTimeoutSeconds())
                .isEqualTo(10800);
        assertThat(updated.getMetadata().getUid()).isEqualTo(made.getMetadata().getUid());
    }

    @Test
    void listsComeInPieces() {
        String ns = namespace("f-pieces");
        for (int i = 0; i < 5; i++) {
            client.configMaps().inNamespace(ns).resource(map("m" + i, "1")).create();
        }
        List<String> names = new ArrayList<>();
        String next = null;
        do {
            ConfigMapList piece = client.configMaps()
                    .inNamespace(ns)
                    .list(new ListOptionsBuilder()
                            .withLabelSelector("app=x")
                            .withLimit(2L)
                            .withContinue(next)
                            .build());
            piece.getItems().forEach(item -> names.add(item.getMetadata().getName()));
            next = piece.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        assertThat(names).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(client.configMaps()
                        .inNamespace(ns)
                        .withLabelIn("app", "x", "y")
                        .withField("metadata.name", "m3")
                        .list()
                        .getItems())
                .hasSize(1);
    }

    @Test
    void aWatchTellsWhatHappensInOrder() {
        String ns = namespace("f-watched");
        List<String> seen = new CopyOnWriteArrayList<>();
        Watcher<ConfigMap> watcher = new Watcher<>() {
            @Override
            public void eventReceived(Action action, ConfigMap map) {
                seen.add(action + " " + map.getData().get("k"));
            }

            @Override
            public void onClose(WatcherException cause) {
                seen.add("closed " + cause.getMessage());
            }
        };
        try (Watch watch = client.configMaps().inNamespace(ns).withName("m").watch(watcher)) {
            assertThat(watch).isNotNull();
            client.configMaps().inNamespace(ns).resource(map("m", "1")).create();
            client.configMaps().inNamespace(ns).resource(map("other", "1")).create();
            client.configMaps().inNamespace(ns).resource(map("m", "2")).update();
            client.configMaps().inNamespace(ns).withName("m").delete();
            TestServer.await("three events", () -> seen.size() >= 3);
        }
        assertThat(seen.subList(0, 3)).containsExactly("ADDED 1", "MODIFIED 2", "DELETED 2");
    }

    @Test
    void patchesOfAllKinds() {
        String ns = namespace("f-patched");
        client.resource(deployment(ns, 0)).create();
        Resource<Deployment> web = client.apps().deployments().inNamespace(ns).withName("web");
        assertThat(web.patch(
                                PatchContext.of(PatchType.JSON),
                                "[{\"op\":\"add\",\"path\":\"/spec/minReadySeconds\",\"value\":5}]")
                        .getSpec()
                        .getMinReadySeconds())
                .isEqualTo(5);
        assertThat(web.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"minReadySeconds\":null}}")
                        .getSpec()
                        .getMinReadySeconds())
                .isNull();
        assertThat(web.patch(
                                PatchContext.of(PatchType.STRATEGIC_MERGE),
                                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"side\",\"image\":\"nginx:1\"}]}}}}")
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers())
                .extracting(container -> container.getName())
                .containsExactlyInAnyOrder("c", "side");
    }

    @Test
    void serverSideApplyTellsOfConflictsAndForces() {
        String ns = namespace("f-applied");
        Deployment made = client.resource(deployment(ns, 0)).fieldManager("one").serverSideApply();
        assertThat(made.getMetadata().getManagedFields()).anySatisfy(entry -> {
            assertThat(entry.getManager()).isEqualTo("one");
            assertThat(entry.getOperation()).isEqualTo("Apply");
        });
        KubernetesClientException conflict = catchThrowableOfType(
                KubernetesClientException.class,
                () -> client.resource(deployment(ns, 2)).fieldManager("two").serverSideApply());
        assertThat(conflict.getCode()).isEqualTo(409);
        assertThat(conflict.getStatus().getDetails().getCauses())
                .singleElement()
                .satisfies(cause -> {
                    assertThat(cause.getReason()).isEqualTo("FieldManagerConflict");
                    assertThat(cause.getField()).isEqualTo(".spec.replicas");
                });
        assertThat(client.resource(deployment(ns, 2))
                        .fieldManager("two")
                        .forceConflicts()
                        .serverSideApply()
                        .getSpec()
                        .getReplicas())
                .isEqualTo(2);
    }

    @Test
    void scaleStatusAndCollections() {
        String ns = namespace("f-doors");
        client.resource(deployment(ns, 0)).create();
        var web = client.apps().deployments().inNamespace(ns).withName("web");
        assertThat(web.scale().getStatus().getSelector()).isEqualTo("app=web");
        assertThat(web.scale(3).getSpec().getReplicas()).isEqualTo(3);
        // The status of a kind that no controller of the server writes.
        Ingress ingress = client.resource(new IngressBuilder()
                        .withNewMetadata()
                        .withName("door")
                        .withNamespace(ns)
                        .endMetadata()
                        .withNewSpec()
                        .withNewDefaultBackend()
                        .withNewService()
                        .withName("web")
                        .withNewPort()
                        .withNumber(80)
                        .endPort()
                        .endService()
                        .endDefaultBackend()
                        .endSpec()
                        .build())
                .create();
        ingress.setStatus(new IngressStatusBuilder()
                .withNewLoadBalancer()
                .addNewIngress()
                .withHostname("door.example.com")
                .endIngress()
                .endLoadBalancer()
                .build());
        ingress.getMetadata().setLabels(Map.of("not", "here"));
        Ingress written = client.resource(ingress).patchStatus();
        assertThat(written.getStatus().getLoadBalancer().getIngress().getFirst().getHostname())
                .isEqualTo("door.example.com");
        assertThat(client.resource(ingress).get().getMetadata().getLabels()).isNullOrEmpty();
        client.configMaps().inNamespace(ns).resource(map("a", "1")).create();
        client.configMaps().inNamespace(ns).resource(map("b", "1")).create();
        client.configMaps().inNamespace(ns).withLabel("app", "x").delete();
        assertThat(client.configMaps().inNamespace(ns).withLabel("app").list().getItems())
                .isEmpty();
    }

    @Test
    void refusalsSayWhy() {
        String ns = namespace("f-refused");
        assertThat(client.configMaps().inNamespace(ns).withName("none").get()).isNull();
        client.configMaps().inNamespace(ns).resource(map("m", "1")).create();
        KubernetesClientException twice = catchThrowableOfType(
                KubernetesClientException.class,
                () -> client.configMaps()
                        .inNamespace(ns)
                        .resource(map("m", "1"))
                        .create());
        assertThat(twice.getCode()).isEqualTo(409);
        assertThat(twice.getStatus().getReason()).isEqualTo("AlreadyExists");
        KubernetesClientException invalid = catchThrowableOfType(
                KubernetesClientException.class,
                () -> client.resource(deployment(ns, -1)).create());
        assertThat(invalid.getCode()).isEqualTo(422);
        assertThat(invalid.getStatus().getDetails().getCauses())
                .extracting(StatusCause::getField)
                .contains("spec.replicas");
    }

    @Test
    void aKindDefinedAtRunTimeIsReachedWithoutItsClass() {
        String ns = namespace("f-dynamic");
        CustomResourceDefinition definition = client.apiextensions()
                .v1()
                .customResourceDefinitions()
                .load(new ByteArrayInputStream(ClientServer.DEFINITION.getBytes(StandardCharsets.UTF_8)))
                .item();
        client.resource(definition).create();
        TestServer.await("the kind in discovery", () -> client.getApiResources("example.com/v1") != null);
        MixedOperation<GenericKubernetesResource, ?, Resource<GenericKubernetesResource>> tabs =
                client.genericKubernetesResources("example.com/v1", "CronTab");
        GenericKubernetesResource tab = new GenericKubernetesResource();
        tab.setApiVersion("example.com/v1");
        tab.setKind("CronTab");
        tab.setMetadata(new ObjectMetaBuilder().withName("mine").build());
        tab.setAdditionalProperty("spec", Map.of("cron", "* *"));
        GenericKubernetesResource made = tabs.inNamespace(ns).resource(tab).create();
        assertThat(made.<Integer>get("spec", "replicas")).isEqualTo(1);
        KubernetesClientException refused = catchThrowableOfType(
                KubernetesClientException.class,
                () -> tabs.inNamespace(ns)
                        .withName("mine")
                        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":10}}"));
        assertThat(refused.getCode()).isEqualTo(422);
        assertThat(tabs.inNamespace(ns).withName("mine").scale(3).<Integer>get("spec", "replicas"))
                .isEqualTo(3);
        tabs.inNamespace(ns).withName("mine").delete();
        assertThat(tabs.inNamespace(ns).withName("mine").get()).isNull();
    }
}
