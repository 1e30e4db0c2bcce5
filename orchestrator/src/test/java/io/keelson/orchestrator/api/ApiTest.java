package io.keelson.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.store.MemoryKv;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ApiTest {

    private static final WriteOptions BY_ADMIN = WriteOptions.by(new User("admin", List.of("system:masters")));
    private static final DeleteOptions DELETE = DeleteOptions.by(new User("admin", List.of("system:masters")));

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final MemoryKv kv = new MemoryKv(now::get);
    private final Api api = new Api(kv, Kinds::builtIn, Addresses.standard(), now::get, new Random(7));

    @BeforeEach
    void namespaces() {
        api.create(Kinds.NAMESPACE, "", object(Kinds.NAMESPACE, "default"), BY_ADMIN);
    }

    private static ObjectNode object(Kind kind, String name) {
        ObjectNode object = Json.object().put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
        Json.child(object, "metadata").put("name", name);
        return object;
    }

    private static ObjectNode configMap(String name, String label, String value) {
        ObjectNode object = object(Kinds.CONFIG_MAP, name);
        Json.child(Json.child(object, "metadata"), "labels").put("l", label);
        Json.child(object, "data").put("k", value);
        return object;
    }

    private Stored put(String name, String label, String value) {
        return api.create(Kinds.CONFIG_MAP, "default", configMap(name, label, value), BY_ADMIN);
    }

    private static Ref ref(String name) {
        return new Ref(Kinds.CONFIG_MAP, "default", name);
    }

    private static ApiException failure(ThrowingCallable call) {
        return catchThrowableOfType(ApiException.class, call);
    }

    private static List<String> names(Listing listing) {
        return listing.items().stream()
                .map(item -> Json.string(item, "metadata", "name").orElseThrow())
                .toList();
    }

    // Writes

    @Test
    void resourceVersionIsTheRevisionOfTheWrite() {
        Stored created = put("a", "x", "1");
        assertThat(Json.string(created.object(), "metadata", "resourceVersion"))
                .contains(Long.toString(created.revision()));
        Stored read = api.get(ref("a"));
        assertThat(read.object()).isEqualTo(created.object());
        assertThat(read.revision()).isEqualTo(created.revision());
    }

    @Test
    void creatingTwiceIsRefusedAndMissingObjectsAreNotFound() {
        put("a", "x", "1");
        assertThat(failure(() -> put("a", "x", "2")).rejection().message())
                .isEqualTo("configmaps \"a\" already exists");
        ApiException missing = failure(() -> api.get(ref("b")));
        assertThat(missing.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(missing.getMessage()).isEqualTo("configmaps \"b\" not found");
    }

    @Test
    void aMissingOrEndingNamespaceTakesNoNewObjects() {
        assertThat(failure(() -> api.create(Kinds.CONFIG_MAP, "nope", configMap("a", "x", "1"), BY_ADMIN))
                        .getMessage())
                .isEqualTo("namespaces \"nope\" not found");
        api.create(Kinds.NAMESPACE, "", object(Kinds.NAMESPACE, "ns"), BY_ADMIN);
        Deleted ending = api.delete(new Ref(Kinds.NAMESPACE, "", "ns"), DELETE);
        assertThat(ending.gone()).isFalse();
        assertThat(failure(() -> api.create(Kinds.CONFIG_MAP, "ns", configMap("a", "x", "1"), BY_ADMIN))
                        .reason())
                .isEqualTo(Reason.FORBIDDEN);
    }

    @Test
    void anUpdateThatChangesNothingKeepsTheRevision() {
        Stored created = put("a", "x", "1");
        assertThat(api.update(ref("a"), "", configMap("a", "x", "1"), BY_ADMIN).revision())
                .isEqualTo(created.revision());
    }

    @Test
    void anUpdateAtAnOldRevisionIsAConflictAndOneWithoutIsNot() {
        Stored first = put("a", "x", "1");
        api.update(ref("a"), "", configMap("a", "x", "2"), BY_ADMIN);
        assertThat(failure(() -> api.update(ref("a"), "", first.object(), BY_ADMIN))
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        assertThat(api.update(ref("a"), "", configMap("a", "x", "3"), BY_ADMIN).revision())
                .isGreaterThan(first.revision());
    }

    @Test
    void aGuardThatFailsIsAConflictAndNothingIsWritten() {
        put("a", "x", "1");
        WriteOptions guarded = WriteOptions.guarded("test", List.of(Keys.modRevision("/keelson/control/leader", 99)));
        assertThat(failure(() -> api.update(ref("a"), "", configMap("a", "x", "2"), guarded))
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        assertThat(failure(() -> api.create(Kinds.CONFIG_MAP, "default", configMap("b", "x", "2"), guarded))
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        assertThat(names(api.list(ListQuery.all(Kinds.CONFIG_MAP)))).containsExactly("a");
    }

    @Test
    void patchesOfAllThreeKindsApply() {
        put("a", "x", "1");
        api.patch(ref("a"), "", PatchType.MERGE, Json.parse("{\"data\":{\"m\":\"1\"}}"), BY_ADMIN);
        api.patch(ref("a"), "", PatchType.STRATEGIC, Json.parse("{\"data\":{\"s\":\"1\"}}"), BY_ADMIN);
        api.patch(
                ref("a"),
                "",
                PatchType.JSON,
                Json.parseAny("[{\"op\":\"remove\",\"path\":\"/data/k\"}]".getBytes(StandardCharsets.UTF_8)),
                BY_ADMIN);
        assertThat(Json.strings(api.get(ref("a")).object(), "data")).containsOnlyKeys("m", "s");
    }

    @Test
    void concurrentPatchesAllArrive() throws InterruptedException {
        put("a", "x", "1");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            String key = "k" + i;
            threads.add(Thread.startVirtualThread(() -> api.patch(
                    ref("a"), "", PatchType.MERGE, Json.parse("{\"data\":{\"" + key + "\":\"1\"}}"), BY_ADMIN)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(Json.strings(api.get(ref("a")).object(), "data")).hasSize(9);
    }

    @Test
    void aDryRunWritesNothing() {
        WriteOptions dry = new WriteOptions(BY_ADMIN.user(), "", true, BY_ADMIN.validation(), List.of());
        assertThat(Json.string(
                        api.create(Kinds.CONFIG_MAP, "default", configMap("a", "x", "1"), dry)
                                .object(),
                        "metadata",
                        "uid"))
                .isPresent();
        assertThat(api.find(ref("a"))).isEmpty();
        put("a", "x", "1");
        api.update(ref("a"), "", configMap("a", "x", "2"), dry);
        assertThat(Json.string(api.get(ref("a")).object(), "data", "k")).contains("1");
    }

    @Test
    void applyCreatesThenLeavesThenConfigures() {
        assertThat(apply("1").outcome()).isEqualTo(Applied.Outcome.CREATED);
        long before = api.get(ref("a")).revision();
        assertThat(apply("1").outcome()).isEqualTo(Applied.Outcome.UNCHANGED);
        assertThat(api.get(ref("a")).revision()).isEqualTo(before);
        api.patch(ref("a"), "", PatchType.MERGE, Json.parse("{\"data\":{\"other\":\"1\"}}"), BY_ADMIN);
        assertThat(apply("2").outcome()).isEqualTo(Applied.Outcome.CONFIGURED);
        ObjectNode after = api.get(ref("a")).object();
        assertThat(Json.strings(after, "data")).containsEntry("k", "2").containsEntry("other", "1");
        assertThat(Json.string(after, "metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"))
                .contains(
                        "{\"apiVersion\":\"v1\",\"data\":{\"k\":\"2\"},\"kind\":\"ConfigMap\",\"metadata\":{\"annotations\":{},"
                                + "\"labels\":{\"l\":\"x\"},\"name\":\"a\",\"namespace\":\"default\"}}\n");
    }

    private Applied apply(String value) {
        return api.apply(Kinds.CONFIG_MAP, "default", configMap("a", "x", value), BY_ADMIN);
    }

    @Test
    void anObjectThatIsTooLargeIsRefused() {
        ObjectNode large = configMap("a", "x", "1");
        Json.child(large, "metadata").set("annotations", Json.object());
        ObjectNode event = object(Kinds.EVENT, "e");
        event.put("message", "x".repeat(Commit.MAX_OBJECT_BYTES + 1));
        Json.child(event, "involvedObject").put("name", "x").put("namespace", "default");
        assertThat(failure(() -> api.create(Kinds.EVENT, "default", event, BY_ADMIN))
                        .reason())
                .isEqualTo(Reason.REQUEST_ENTITY_TOO_LARGE);
    }

    @Test
    void eventsEndAfterAnHourAndALittle() {
        ObjectNode event = object(Kinds.EVENT, "e");
        Json.child(event, "involvedObject").put("name", "x").put("namespace", "default");
        api.create(Kinds.EVENT, "default", event, BY_ADMIN);
        Ref ref = new Ref(Kinds.EVENT, "default", "e");
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(59)));
        assertThat(api.find(ref)).isPresent();
        now.updateAndGet(time -> time.plus(Duration.ofMinutes(10)));
        assertThat(api.find(ref)).isEmpty();
    }

    // Addresses

    private static ObjectNode service(String name, String spec) {
        ObjectNode service = object(Kinds.SERVICE, name);
        service.set("spec", Json.parse(spec));
        return service;
    }

    @Test
    void anAddressIsHeldUntilItsServiceIsGone() {
        String spec = "{\"clusterIP\":\"10.96.0.7\",\"ports\":[{\"port\":80}]}";
        api.create(Kinds.SERVICE, "default", service("a", spec), BY_ADMIN);
        ApiException taken = failure(() -> api.create(Kinds.SERVICE, "default", service("b", spec), BY_ADMIN));
        assertThat(taken.reason()).isEqualTo(Reason.INVALID);
        assertThat(taken.getMessage())
                .isEqualTo(
                        "Service \"b\" is invalid: spec.clusterIPs: Invalid value: [\"10.96.0.7\"]: failed to allocate"
                                + " IP 10.96.0.7: provided IP is already allocated");
        api.delete(new Ref(Kinds.SERVICE, "default", "a"), DELETE);
        assertThat(api.create(Kinds.SERVICE, "default", service("b", spec), BY_ADMIN)
                        .revision())
                .isPositive();
    }

    @Test
    void aServiceKeepsItsAddressAndPortsThroughAnUpdateThatDoesNotNameThem() {
        String spec = "{\"type\":\"NodePort\",\"ports\":[{\"port\":80}]}";
        ObjectNode before = api.create(Kinds.SERVICE, "default", service("a", spec), BY_ADMIN)
                .object();
        ObjectNode changed = service("a", "{\"type\":\"NodePort\",\"ports\":[{\"port\":80},{\"port\":81}]}");
        changed.path("spec");
        Json.items(changed, "spec", "ports").forEach(port -> ((ObjectNode) port).put("name", "p" + port.get("port")));
        ObjectNode after = api.update(new Ref(Kinds.SERVICE, "default", "a"), "", changed, BY_ADMIN)
                .object();
        assertThat(Json.string(after, "spec", "clusterIP")).isEqualTo(Json.string(before, "spec", "clusterIP"));
        assertThat(Json.number(Json.items(after, "spec", "ports").getFirst(), "nodePort"))
                .isEqualTo(Json.number(Json.items(before, "spec", "ports").getFirst(), "nodePort"));
        assertThat(allocations()).hasSize(3);
        api.update(
                new Ref(Kinds.SERVICE, "default", "a"),
                "",
                service("a", "{\"type\":\"ClusterIP\",\"ports\":[{\"port\":80}]}"),
                BY_ADMIN);
        assertThat(allocations()).as("node ports are given back").hasSize(1);
    }

    private List<String> allocations() {
        return kv
                .range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("/keelson/allocations/"))
                        .setRangeEnd(Keys.end("/keelson/allocations/"))
                        .build())
                .getKvsList()
                .stream()
                .map(pair -> pair.getKey().toStringUtf8())
                .toList();
    }

    // Lists

    @Test
    void pagesAreOfOneRevision() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            put(name, name.equals("b") ? "y" : "x", "1");
        }
        ListQuery all = ListQuery.in(Kinds.CONFIG_MAP, "default");
        Listing first = api.list(all.withPage(2, ""));
        assertThat(names(first)).containsExactly("a", "b");
        assertThat(first.remaining()).contains(3L);
        api.delete(ref("c"), DELETE);
        put("bb", "x", "1");
        Listing second = api.list(all.withPage(2, first.continueToken()));
        assertThat(names(second)).containsExactly("c", "d");
        assertThat(second.revision()).isEqualTo(first.revision());
        Listing third = api.list(all.withPage(2, second.continueToken()));
        assertThat(names(third)).containsExactly("e");
        assertThat(third.continueToken()).isEmpty();
    }

    @Test
    void aStreamedListIsTheSameList() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            put(name, name.equals("b") ? "y" : "x", "1");
        }
        ListQuery all = ListQuery.in(Kinds.CONFIG_MAP, "default");
        for (ListQuery query : List.of(
                all,
                all.withPage(2, ""),
                all.withPage(2, api.list(all.withPage(2, "")).continueToken()),
                all.withLabels(LabelSelector.parse("l=x")),
                all.withFields(FieldSelector.parse(Kinds.CONFIG_MAP, "metadata.name=c")))) {
            Listing expected = api.list(query);
            List<String> told = new ArrayList<>();
            List<String> items = new ArrayList<>();
            api.stream(query, new ListSink<RuntimeException>() {
                @Override
                public void begin(long revision, String continueToken, Optional<Long> remaining) {
                    told.add(revision + " " + continueToken + " " + remaining);
                }

                @Override
                public void item(byte[] object) {
                    items.add(new String(object, StandardCharsets.UTF_8));
                }
            });
            assertThat(items)
                    .isEqualTo(expected.items().stream().map(Json::text).toList());
            assertThat(told)
                    .containsExactly(expected.revision() + " " + expected.continueToken() + " " + expected.remaining());
        }
        assertThat(Api.canStream(all.withLabels(LabelSelector.parse("l=x")).withPage(1, "")))
                .isFalse();
    }

    @Test
    void selectorsSelectBeforeTheLimitCounts() {
        for (String name : List.of("a", "b", "c", "d")) {
            put(name, name.equals("a") ? "x" : "y", "1");
        }
        ListQuery query = ListQuery.all(Kinds.CONFIG_MAP).withLabels(LabelSelector.parse("l=y"));
        Listing page = api.list(query.withPage(2, ""));
        assertThat(names(page)).containsExactly("b", "c");
        assertThat(names(api.list(query.withPage(2, page.continueToken())))).containsExactly("d");
        assertThat(names(api.list(ListQuery.in(Kinds.CONFIG_MAP, "default")
                        .withFields(FieldSelector.parse(Kinds.CONFIG_MAP, "metadata.name=c")))))
                .containsExactly("c");
    }

    @Test
    void aPageOfACompactedRevisionHasExpired() {
        put("a", "x", "1");
        put("b", "x", "1");
        Listing first = api.list(ListQuery.all(Kinds.CONFIG_MAP).withPage(1, ""));
        long later = put("c", "x", "1").revision();
        kv.compact(CompactionRequest.newBuilder().setRevision(later).build());
        assertThat(failure(() -> api.list(ListQuery.all(Kinds.CONFIG_MAP).withPage(1, first.continueToken())))
                        .reason())
                .isEqualTo(Reason.EXPIRED);
        assertThat(failure(() -> api.list(ListQuery.all(Kinds.CONFIG_MAP).withPage(1, "nonsense")))
                        .reason())
                .isEqualTo(Reason.BAD_REQUEST);
    }

    @Test
    void resourceVersionsMeanWhatKubernetesSays() {
        long old = put("a", "x", "1").revision();
        put("b", "x", "1");
        ListQuery all = ListQuery.all(Kinds.CONFIG_MAP);
        assertThat(names(api.list(all.withResourceVersion(Long.toString(old), ListQuery.VersionMatch.EXACT))))
                .containsExactly("a");
        assertThat(names(api.list(all.withResourceVersion(Long.toString(old), ListQuery.VersionMatch.NOT_OLDER_THAN))))
                .containsExactly("a", "b");
        assertThat(names(api.list(all.withResourceVersion("0", ListQuery.VersionMatch.UNSET))))
                .containsExactly("a", "b");
        assertThatThrownBy(() -> api.list(all.withResourceVersion("9999", ListQuery.VersionMatch.NOT_OLDER_THAN)))
                .hasMessageContaining("Too large resource version: 9999");
        assertThat(names(api.list(
                        all.withPage(1, "").withResourceVersion(Long.toString(old), ListQuery.VersionMatch.UNSET))))
                .as("a first page is of exactly the revision that is named")
                .containsExactly("a");
    }

    @Test
    void aPageWhoseRevisionIsGoneCanGoOnAtTheNewest() {
        put("a", "x", "1");
        put("b", "x", "1");
        Listing first = api.list(ListQuery.all(Kinds.CONFIG_MAP).withPage(1, ""));
        put("c", "x", "1");
        kv.compact(CompactionRequest.newBuilder()
                .setRevision(put("d", "x", "1").revision())
                .build());
        ApiException gone =
                failure(() -> api.list(ListQuery.all(Kinds.CONFIG_MAP).withPage(1, first.continueToken())));
        assertThat(gone.reason()).isEqualTo(Reason.EXPIRED);
        String token = Json.string(gone.status(), "metadata", "continue").orElseThrow();
        assertThat(names(api.list(ListQuery.all(Kinds.CONFIG_MAP).withPage(0, token))))
                .containsExactly("b", "c", "d");
    }

    @Test
    void aWatchThatCannotKnowWhatWasBeforeHasExpired() throws InterruptedException {
        long old = put("a", "x", "1").revision();
        long changed = api.delete(ref("a"), DELETE).revision();
        kv.compact(CompactionRequest.newBuilder().setRevision(changed).build());
        try (ObjectWatch watch = api.watch(WatchQuery.all(Kinds.CONFIG_MAP, old))) {
            assertThat(failure(() -> watch.next(Duration.ofSeconds(10))).reason())
                    .isEqualTo(Reason.EXPIRED);
        }
    }

    // Watches

    private static List<String> told(ObjectWatch watch, int count) throws InterruptedException {
        List<String> told = new ArrayList<>();
        while (told.size() < count) {
            for (ObjectEvent event : watch.next(Duration.ofSeconds(10))) {
                told.add(event.type() + " "
                        + Json.string(event.object(), "metadata", "name").orElse("-"));
            }
        }
        return told;
    }

    @Test
    void aWatchFromNothingBeginsWithWhatExists() throws InterruptedException {
        put("a", "x", "1");
        put("b", "x", "1");
        try (ObjectWatch watch = api.watch(WatchQuery.all(Kinds.CONFIG_MAP, 0))) {
            assertThat(told(watch, 2)).containsExactly("ADDED a", "ADDED b");
            api.update(ref("a"), "", configMap("a", "x", "2"), BY_ADMIN);
            api.delete(ref("b"), DELETE);
            assertThat(told(watch, 2)).containsExactly("MODIFIED a", "DELETED b");
        }
    }

    @Test
    void objectsEnterAndLeaveASelection() throws InterruptedException {
        long start = put("a", "x", "1").revision();
        WatchQuery query = new WatchQuery(
                Kinds.CONFIG_MAP, "default", LabelSelector.parse("l=y"), FieldSelector.everything(), start);
        try (ObjectWatch watch = api.watch(query)) {
            api.update(ref("a"), "", configMap("a", "y", "1"), BY_ADMIN);
            api.update(ref("a"), "", configMap("a", "y", "2"), BY_ADMIN);
            long left =
                    api.update(ref("a"), "", configMap("a", "x", "3"), BY_ADMIN).revision();
            List<ObjectEvent> events = new ArrayList<>();
            while (events.size() < 3) {
                events.addAll(watch.next(Duration.ofSeconds(10)));
            }
            assertThat(events)
                    .extracting(ObjectEvent::type)
                    .containsExactly(ObjectEvent.Type.ADDED, ObjectEvent.Type.MODIFIED, ObjectEvent.Type.DELETED);
            ObjectEvent gone = events.getLast();
            assertThat(gone.revision()).isEqualTo(left);
            assertThat(Json.string(gone.object(), "data", "k"))
                    .as("the last state in the selection")
                    .contains("2");
            assertThat(Json.string(gone.object(), "metadata", "resourceVersion"))
                    .contains(Long.toString(left));
        }
    }

    @Test
    void aQuietWatchSaysHowFarItIs() throws InterruptedException {
        long revision = put("a", "x", "1").revision();
        try (ObjectWatch watch = api.watch(WatchQuery.all(Kinds.SECRET, revision))) {
            ObjectEvent bookmark = watch.next(Duration.ZERO).getFirst();
            assertThat(bookmark.type()).isEqualTo(ObjectEvent.Type.BOOKMARK);
            assertThat(bookmark.revision()).isEqualTo(revision);
            assertThat(Json.text(bookmark.object()))
                    .isEqualTo("{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"resourceVersion\":\""
                            + revision + "\"}}");
        }
    }

    @Test
    void aWatchFromACompactedRevisionHasExpired() {
        put("a", "x", "1");
        long later = put("b", "x", "1").revision();
        kv.compact(CompactionRequest.newBuilder().setRevision(later).build());
        try (ObjectWatch watch = api.watch(WatchQuery.all(Kinds.CONFIG_MAP, 1))) {
            assertThat(failure(() -> watch.next(Duration.ofSeconds(1))).reason())
                    .isEqualTo(Reason.EXPIRED);
        }
    }

    @Test
    void changesOfSeveralKindsComeInOneOrder() throws InterruptedException {
        long start = put("a", "x", "1").revision();
        try (RegistryWatch watch = api.changes(List.of(Kinds.CONFIG_MAP, Kinds.NAMESPACE), start, User.CONTROL_PLANE)) {
            put("b", "x", "1");
            api.create(Kinds.SECRET, "default", object(Kinds.SECRET, "s"), BY_ADMIN);
            api.create(Kinds.NAMESPACE, "", object(Kinds.NAMESPACE, "n"), BY_ADMIN);
            api.delete(ref("b"), DELETE);
            List<String> told = new ArrayList<>();
            while (told.size() < 3) {
                for (RegistryChange change : watch.next(Duration.ofSeconds(10))) {
                    told.add(change.ref() + (change.object().isPresent() ? "" : " gone"));
                }
            }
            assertThat(told).containsExactly("configmaps default/b", "namespaces n", "configmaps default/b gone");
        }
    }
}
