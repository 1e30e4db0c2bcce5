package io.keelson.orchestrator.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.Interceptor;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.keelson.orchestrator.testing.TestServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What controllers in Java are made of: shared informers and the election of a leader, of fabric8's client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Fabric8InformerTest {

    private ClientServer server;
    private KubernetesClient client;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = new ClientServer(directory);
        client = builder().build();
    }

    @AfterAll
    void stop() {
        client.close();
        server.close();
    }

    private KubernetesClientBuilder builder() {
        Config config = Config.fromKubeconfig(server.kubeconfig().toFile());
        config.setNamespace("default");
        return new KubernetesClientBuilder().withConfig(config);
    }

    private static ConfigMap map(String name, String app, String value) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("app", app)
                .endMetadata()
                .addToData("k", value)
                .build();
    }

    /** Notes what an informer tells, in its order. */
    private static final class Diary implements ResourceEventHandler<ConfigMap> {

        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final AtomicInteger resyncs = new AtomicInteger();

        @Override
        public void onAdd(ConfigMap map) {
            lines.add("added " + map.getMetadata().getName());
        }

        @Override
        public void onUpdate(ConfigMap before, ConfigMap after) {
            if (before.getMetadata()
                    .getResourceVersion()
                    .equals(after.getMetadata().getResourceVersion())) {
                resyncs.incrementAndGet();
            } else {
                lines.add("updated " + after.getMetadata().getName() + " "
                        + after.getData().get("k"));
            }
        }

        @Override
        public void onDelete(ConfigMap map, boolean unknown) {
            lines.add("deleted " + map.getMetadata().getName());
        }
    }

    @Test
    void aSharedInformerTellsAllInOrderAndResyncs() {
        client.resource(map("first", "order", "1")).create();
        Diary diary = new Diary();
        try (SharedIndexInformer<ConfigMap> informer =
                client.configMaps().withLabel("app", "order").inform(diary, 1000)) {
            assertThat(informer.hasSynced()).isTrue();
            client.resource(map("second", "order", "1")).create();
            for (int i = 2; i < 8; i++) {
                client.resource(map("second", "order", Integer.toString(i))).update();
            }
            client.resource(map("first", "order", "1")).delete();
            TestServer.await("the last event", () -> diary.lines.contains("deleted first"));
            assertThat(diary.lines)
                    .containsExactly(
                            "added first",
                            "added second",
                            "updated second 2",
                            "updated second 3",
                            "updated second 4",
                            "updated second 5",
                            "updated second 6",
                            "updated second 7",
                            "deleted first");
            assertThat(informer.getStore().list())
                    .singleElement()
                    .satisfies(map -> assertThat(map.getData()).containsEntry("k", "7"));
            TestServer.await("a resync", () -> diary.resyncs.get() > 0);
        }
    }

    /** Sends the first watch back to a revision that is forgotten, as if the client had been away for long. */
    private static final class Delay implements Interceptor {

        private final String forgotten;
        private final AtomicInteger lists = new AtomicInteger();
        private final AtomicBoolean sent = new AtomicBoolean();

        Delay(String forgotten) {
            this.forgotten = forgotten;
        }

        @Override
        public void before(BasicBuilder builder, HttpRequest request, RequestTags tags) {
            String uri = request.uri().toString();
            if (!uri.contains("watch=true")) {
                lists.incrementAndGet();
            } else if (sent.compareAndSet(false, true)) {
                builder.uri(URI.create(uri.replaceAll("resourceVersion=\\d+", "resourceVersion=" + forgotten)));
            }
        }
    }

    @Test
    void anInformerThatWasAwayTooLongListsAnew() {
        String then =
                client.resource(map("away", "away", "1")).create().getMetadata().getResourceVersion();
        client.resource(map("away", "away", "2")).update();
        server.forget(
                client.resource(map("away", "away", "3")).update().getMetadata().getResourceVersion());
        Delay delay = new Delay(then);
        Diary diary = new Diary();
        try (KubernetesClient delayed = builder()
                        .withHttpClientBuilderConsumer(http -> http.addOrReplaceInterceptor("delay", delay))
                        .build();
                SharedIndexInformer<ConfigMap> informer =
                        delayed.configMaps().withLabel("app", "away").inform(diary)) {
            TestServer.await("a second list", () -> delay.lists.get() >= 2 && informer.isWatching());
            client.resource(map("after", "away", "1")).create();
            TestServer.await("what came after", () -> diary.lines.contains("added after"));
            assertThat(diary.lines).containsExactly("added away", "added after");
        }
    }

    @Test
    void oneOfTwoLeadsAndTheOtherFollowsIt() {
        List<String> history = new CopyOnWriteArrayList<>();
        LeaderElector first = elector("first", history);
        LeaderElector second = elector("second", history);
        var one = first.start();
        TestServer.await("a leader", () -> history.contains("first leads"));
        var other = second.start();
        assertThat(client.leases().withName("elected").get().getSpec().getHolderIdentity())
                .isEqualTo("first");
        one.cancel(true);
        TestServer.await("the next leader", () -> history.contains("second leads"));
        assertThat(history).containsExactly("first leads", "first stops", "second leads");
        other.cancel(true);
        TestServer.await("nobody leads", () -> history.contains("second stops"));
        assertThat(client.leases().withName("elected").get().getSpec().getLeaseTransitions())
                .isPositive();
    }

    private LeaderElector elector(String identity, List<String> history) {
        return client.leaderElector()
                .withConfig(new LeaderElectionConfigBuilder()
                        .withName("elected")
                        .withLock(new LeaseLock("default", "elected", identity))
                        .withLeaseDuration(Duration.ofSeconds(10))
                        .withRenewDeadline(Duration.ofSeconds(5))
                        .withRetryPeriod(Duration.ofMillis(200))
                        .withReleaseOnCancel(true)
                        .withLeaderCallbacks(new LeaderCallbacks(
                                () -> history.add(identity + " leads"),
                                () -> history.add(identity + " stops"),
                                _ -> {}))
                        .build())
                .build();
    }

    @Test
    void applyingWhatIsThereChangesNothing() {
        ConfigMap made = client.resource(map("same", "same", "1")).create();
        ConfigMap again = client.resource(map("same", "same", "1")).serverSideApply();
        assertThat(again.getData()).isEqualTo(Map.of("k", "1"));
        assertThat(again.getMetadata().getUid()).isEqualTo(made.getMetadata().getUid());
    }
}
