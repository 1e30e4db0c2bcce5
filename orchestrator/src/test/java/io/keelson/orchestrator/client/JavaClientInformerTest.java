package io.keelson.orchestrator.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.testing.TestServer;
import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedIndexInformer;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.informer.cache.Lister;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoordinationV1Api;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What controllers in Java are made of: shared informers and the election of a leader, of Kubernetes' official client. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JavaClientInformerTest {

    private static final String NAMESPACE = "default";

    private ClientServer server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = new ClientServer(directory);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private ApiClient client() {
        try {
            ApiClient client = Config.fromConfig(server.kubeconfig().toString());
            client.setReadTimeout(0);
            return client;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static V1ConfigMap map(String name, String app) {
        return new V1ConfigMap()
                .metadata(new V1ObjectMeta().name(name).labels(Map.of("app", app)))
                .data(Map.of("k", "1"));
    }

    /** Notes what an informer tells, in its order. */
    private static final class Diary implements ResourceEventHandler<V1ConfigMap> {

        private final List<String> lines = new CopyOnWriteArrayList<>();
        private final AtomicInteger resyncs = new AtomicInteger();

        @Override
        public void onAdd(V1ConfigMap map) {
            lines.add("added " + map.getMetadata().getName());
        }

        @Override
        public void onUpdate(V1ConfigMap before, V1ConfigMap after) {
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
        public void onDelete(V1ConfigMap map, boolean unknown) {
            lines.add("deleted " + map.getMetadata().getName());
        }
    }

    private static SharedIndexInformer<V1ConfigMap> informer(
            SharedInformerFactory factory, CoreV1Api core, String app, Duration resync) {
        return factory.sharedIndexInformerFor(
                parameters -> core.listNamespacedConfigMap(NAMESPACE)
                        .labelSelector("app=" + app)
                        .resourceVersion(parameters.resourceVersion)
                        .timeoutSeconds(parameters.timeoutSeconds)
                        .watch(parameters.watch)
                        .buildCall(null),
                V1ConfigMap.class,
                V1ConfigMapList.class,
                resync.toMillis());
    }

    @Test
    void aSharedInformerTellsAllInOrderAndResyncs() throws ApiException {
        ApiClient client = client();
        CoreV1Api core = new CoreV1Api(client);
        core.createNamespacedConfigMap(NAMESPACE, map("first", "order")).execute();
        SharedInformerFactory factory = new SharedInformerFactory(client);
        SharedIndexInformer<V1ConfigMap> informer = informer(factory, core, "order", Duration.ofSeconds(1));
        Diary diary = new Diary();
        informer.addEventHandler(diary);
        factory.startAllRegisteredInformers();
        try {
            TestServer.await("the first list", informer::hasSynced);
            V1ConfigMap second = core.createNamespacedConfigMap(NAMESPACE, map("second", "order"))
                    .execute();
            for (int i = 2; i < 12; i++) {
                second.setData(Map.of("k", Integer.toString(i)));
                second = core.replaceNamespacedConfigMap("second", NAMESPACE, second)
                        .execute();
            }
            core.deleteNamespacedConfigMap("first", NAMESPACE).execute();
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
                            "updated second 8",
                            "updated second 9",
                            "updated second 10",
                            "updated second 11",
                            "deleted first");
            Lister<V1ConfigMap> lister = new Lister<>(informer.getIndexer()).namespace(NAMESPACE);
            assertThat(lister.list())
                    .singleElement()
                    .satisfies(map -> assertThat(map.getData()).containsEntry("k", "11"));
            TestServer.await("a resync", () -> diary.resyncs.get() > 0);
        } finally {
            factory.stopAllRegisteredInformers();
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
        public Response intercept(Chain chain) throws IOException {
            HttpUrl url = chain.request().url();
            if (!"true".equals(url.queryParameter("watch"))) {
                lists.incrementAndGet();
                return chain.proceed(chain.request());
            }
            if (!sent.compareAndSet(false, true)) {
                return chain.proceed(chain.request());
            }
            HttpUrl late = url.newBuilder()
                    .setQueryParameter("resourceVersion", forgotten)
                    .build();
            return chain.proceed(chain.request().newBuilder().url(late).build());
        }
    }

    @Test
    void anInformerThatWasAwayTooLongListsAnew() throws ApiException {
        CoreV1Api core = new CoreV1Api(client());
        V1ConfigMap made =
                core.createNamespacedConfigMap(NAMESPACE, map("away", "away")).execute();
        String then = made.getMetadata().getResourceVersion();
        made.setData(Map.of("k", "2"));
        V1ConfigMap changed =
                core.replaceNamespacedConfigMap("away", NAMESPACE, made).execute();
        changed.setData(Map.of("k", "3"));
        server.forget(core.replaceNamespacedConfigMap("away", NAMESPACE, changed)
                .execute()
                .getMetadata()
                .getResourceVersion());
        Delay delay = new Delay(then);
        ApiClient delayed = client();
        delayed.setHttpClient(
                delayed.getHttpClient().newBuilder().addInterceptor(delay).build());
        SharedInformerFactory factory = new SharedInformerFactory(delayed);
        SharedIndexInformer<V1ConfigMap> informer = informer(factory, new CoreV1Api(delayed), "away", Duration.ZERO);
        Diary diary = new Diary();
        informer.addEventHandler(diary);
        factory.startAllRegisteredInformers();
        try {
            TestServer.await("a second list", () -> delay.lists.get() >= 2);
            core.createNamespacedConfigMap(NAMESPACE, map("after", "away")).execute();
            TestServer.await("what came after", () -> diary.lines.contains("added after"));
            assertThat(diary.lines).containsExactly("added away", "added after");
        } finally {
            factory.stopAllRegisteredInformers();
        }
    }

    @Test
    void oneOfTwoLeadsAndTheOtherFollowsIt() throws ApiException {
        List<String> history = new CopyOnWriteArrayList<>();
        LeaderElector first = elector("first");
        LeaderElector second = elector("second");
        Thread one = Thread.ofVirtual()
                .start(() -> first.run(() -> history.add("first leads"), () -> history.add("first stops")));
        TestServer.await("a leader", () -> history.contains("first leads"));
        Thread other = Thread.ofVirtual()
                .start(() -> second.run(() -> history.add("second leads"), () -> history.add("second stops")));
        CoordinationV1Api leases = new CoordinationV1Api(client());
        assertThat(leases.readNamespacedLease("elected", NAMESPACE)
                        .execute()
                        .getSpec()
                        .getHolderIdentity())
                .isEqualTo("first");
        first.close();
        TestServer.await("the next leader", () -> history.contains("second leads"));
        assertThat(history.subList(0, 2)).containsExactly("first leads", "first stops");
        assertThat(leases.readNamespacedLease("elected", NAMESPACE)
                        .execute()
                        .getSpec()
                        .getLeaseTransitions())
                .isPositive();
        second.close();
        one.interrupt();
        other.interrupt();
    }

    private LeaderElector elector(String identity) {
        LeaderElectionConfig config = new LeaderElectionConfig(
                new LeaseLock(NAMESPACE, "elected", identity, client()),
                Duration.ofSeconds(3),
                Duration.ofSeconds(2),
                Duration.ofMillis(200));
        return new LeaderElector(config);
    }
}
