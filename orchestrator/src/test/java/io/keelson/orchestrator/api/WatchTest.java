package io.keelson.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.limits.WatchLimits;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.select.LabelSelector;
import io.keelson.store.MemoryKv;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Many watchers over one hub. */
class WatchTest {

    private static final User ADMIN = new User("admin", List.of("system:masters"));
    private static final WriteOptions BY_ADMIN = WriteOptions.by(ADMIN);
    private static final DeleteOptions DELETE = DeleteOptions.by(ADMIN);
    private static final Duration LONG = Duration.ofSeconds(10);
    private static final int PENDING_EVENTS = 5;

    private final MemoryKv kv = new MemoryKv();
    private final Api api = new Api(
            kv,
            Kinds::builtIn,
            Addresses.standard(),
            () -> Instant.parse("2026-01-01T00:00:00Z"),
            new Random(7),
            WriteCheck.NONE,
            Admission.NONE,
            new WatchLimits(4, 3, PENDING_EVENTS, 1 << 20));

    @BeforeEach
    void namespaces() {
        for (String name : List.of("default", "other")) {
            ObjectNode namespace = Json.object().put("apiVersion", "v1").put("kind", "Namespace");
            Json.child(namespace, "metadata").put("name", name);
            api.create(Kinds.NAMESPACE, "", namespace, BY_ADMIN);
        }
    }

    private static ObjectNode configMap(String namespace, String name, String label, String value) {
        ObjectNode map = Json.object().put("apiVersion", "v1").put("kind", "ConfigMap");
        ObjectNode metadata = Json.child(map, "metadata").put("name", name).put("namespace", namespace);
        Json.child(metadata, "labels").put("l", label);
        Json.child(map, "data").put("k", value);
        return map;
    }

    private long put(String namespace, String name, String label, String value) {
        Ref ref = new Ref(Kinds.CONFIG_MAP, namespace, name);
        ObjectNode map = configMap(namespace, name, label, value);
        return api.find(ref).isPresent()
                ? api.update(ref, "", map, BY_ADMIN).revision()
                : api.create(Kinds.CONFIG_MAP, namespace, map, BY_ADMIN).revision();
    }

    private static List<ObjectEvent> told(ObjectWatch watch, int count) throws InterruptedException {
        List<ObjectEvent> told = new ArrayList<>();
        while (told.size() < count) {
            List<ObjectEvent> next = watch.next(LONG);
            assertThat(next).isNotEmpty();
            next.stream()
                    .filter(event -> event.type() != ObjectEvent.Type.BOOKMARK)
                    .forEach(told::add);
        }
        return told;
    }

    @Test
    void aChangeIsReadOnceForAllWhoWatch() throws InterruptedException {
        long start = put("default", "a", "x", "1");
        WatchQuery every = WatchQuery.all(Kinds.CONFIG_MAP, start);
        WatchQuery some = new WatchQuery(
                Kinds.CONFIG_MAP, "default", LabelSelector.parse("l=x"), FieldSelector.everything(), start);
        try (ObjectWatch one = api.watch(every);
                ObjectWatch other = api.watch(some)) {
            put("default", "a", "x", "2");
            ObjectEvent first = told(one, 1).getFirst();
            ObjectEvent second = told(other, 1).getFirst();
            assertThat(second.version()).isSameAs(first.version());
            assertThat(second.object()).isSameAs(first.object());
            ObjectEvent.Form<byte[]> form = event -> event.version().json();
            assertThat(second.in(form)).isSameAs(first.in(form));
            assertThat(Json.parse(first.version().json())).isEqualTo(first.object());
        }
    }

    @Test
    void whatWasMadeOfAChangeIsNotKeptForWatchersThatComeLater() throws InterruptedException {
        WatchQuery every = WatchQuery.all(Kinds.CONFIG_MAP, put("default", "a", "x", "1"));
        try (ObjectWatch one = api.watch(every)) {
            put("default", "a", "x", "2");
            ObjectEvent first = told(one, 1).getFirst();
            try (ObjectWatch late = api.watch(every)) {
                ObjectEvent again = told(late, 1).getFirst();
                assertThat(again.version()).isNotSameAs(first.version());
                assertThat(again.object()).isEqualTo(first.object());
            }
        }
    }

    @Test
    void watchersByLabelAndFieldAreFoundByWhatAChangeHasBeforeAndAfter() throws InterruptedException {
        long start = put("default", "a", "x", "1");
        WatchQuery either = selected("l in (x,y)", "", start);
        WatchQuery named = selected("", "metadata.name=a", start);
        WatchQuery elsewhere = selected("l=z", "", start);
        try (ObjectWatch both = api.watch(either);
                ObjectWatch one = api.watch(named);
                ObjectWatch left = api.watch(selected("l=x", "", start))) {
            put("default", "a", "y", "2");
            put("default", "b", "z", "3");
            long last = put("default", "a", "z", "4");
            assertThat(types(told(both, 2))).containsExactly(ObjectEvent.Type.MODIFIED, ObjectEvent.Type.DELETED);
            assertThat(types(told(one, 2))).containsExactly(ObjectEvent.Type.MODIFIED, ObjectEvent.Type.MODIFIED);
            assertThat(types(told(left, 1))).containsExactly(ObjectEvent.Type.DELETED);
            try (ObjectWatch late = api.watch(elsewhere)) {
                List<ObjectEvent> came = told(late, 2);
                assertThat(types(came)).containsExactly(ObjectEvent.Type.ADDED, ObjectEvent.Type.ADDED);
                assertThat(came.getLast().revision()).isEqualTo(last);
            }
            assertThat(left.next(Duration.ZERO).getFirst().type()).isEqualTo(ObjectEvent.Type.BOOKMARK);
            assertThat(left.progress()).isEqualTo(last);
        }
    }

    private static WatchQuery selected(String labels, String fields, long from) {
        return new WatchQuery(
                Kinds.CONFIG_MAP, "", LabelSelector.parse(labels), FieldSelector.parse(Kinds.CONFIG_MAP, fields), from);
    }

    private static List<ObjectEvent.Type> types(List<ObjectEvent> events) {
        return events.stream().map(ObjectEvent::type).toList();
    }

    @Test
    void whoTakesNothingIsCutAndCostsNobodyElse() throws InterruptedException {
        long start = put("default", "a", "x", "0");
        try (ObjectWatch slow = api.watch(WatchQuery.all(Kinds.CONFIG_MAP, start));
                ObjectWatch quick = api.watch(WatchQuery.all(Kinds.CONFIG_MAP, start))) {
            for (int i = 1; i <= 3 * PENDING_EVENTS; i++) {
                put("default", "a", "x", Integer.toString(i));
                assertThat(Json.string(told(quick, 1).getFirst().object(), "data", "k"))
                        .contains(Integer.toString(i));
            }
            ApiException cut = catchThrowableOfType(ApiException.class, () -> slow.next(LONG));
            assertThat(cut.reason()).isEqualTo(Reason.TOO_MANY_REQUESTS);
            assertThat(cut.getMessage())
                    .isEqualTo(
                            "the client takes events more slowly than they come: more than 5 events or 1048576 bytes wait"
                                    + " for it; watch again from the last resourceVersion");
            assertThat(slow.progress()).isEqualTo(start);
        }
        try (ObjectWatch again = api.watch(WatchQuery.all(Kinds.CONFIG_MAP, start))) {
            assertThat(told(again, 3 * PENDING_EVENTS)).hasSize(3 * PENDING_EVENTS);
        }
    }

    @Test
    void aUserAndAServerHaveOnlySoManyWatches() {
        User ann = new User("ann", List.of());
        List<ObjectWatch> open = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            open.add(api.watch(WatchQuery.all(Kinds.CONFIG_MAP, 0), ann));
        }
        ApiException own =
                catchThrowableOfType(ApiException.class, () -> api.watch(WatchQuery.all(Kinds.SECRET, 0), ann));
        assertThat(own.code()).isEqualTo(429);
        assertThat(own.getMessage())
                .isEqualTo(
                        "user \"ann\" has 3 open watches on this server, which is the limit for one user; close some,"
                                + " or ask another server");
        User bob = new User("bob", List.of());
        open.add(api.watch(WatchQuery.all(Kinds.CONFIG_MAP, 0), bob));
        ApiException all =
                catchThrowableOfType(ApiException.class, () -> api.watch(WatchQuery.all(Kinds.SECRET, 0), bob));
        assertThat(all.getMessage()).startsWith("this server has 4 open watches, which is its limit");
        open.getFirst().close();
        open.getFirst().close();
        api.watch(WatchQuery.all(Kinds.CONFIG_MAP, 0), ann).close();
        open.forEach(ObjectWatch::close);
    }

    @Test
    void aWatchOfOneNameHearsOfNoOther() throws InterruptedException {
        long start = put("default", "a", "x", "1");
        WatchQuery one = new WatchQuery(
                Kinds.CONFIG_MAP,
                "default",
                LabelSelector.everything(),
                FieldSelector.parse(Kinds.CONFIG_MAP, "metadata.name=b"),
                start);
        try (ObjectWatch watch = api.watch(one)) {
            put("default", "a", "x", "2");
            put("other", "b", "x", "1");
            put("default", "b", "x", "1");
            api.delete(new Ref(Kinds.CONFIG_MAP, "default", "b"), DELETE);
            assertThat(told(watch, 2))
                    .extracting(ObjectEvent::type)
                    .containsExactly(ObjectEvent.Type.ADDED, ObjectEvent.Type.DELETED);
        }
    }

    /** What a client believes that there is, by the events alone. */
    private static void believe(Map<String, String> state, ObjectEvent event) {
        String name = Json.string(event.object(), "metadata", "namespace").orElse("") + "/"
                + Json.string(event.object(), "metadata", "name").orElse("");
        switch (event.type()) {
            case ADDED ->
                assertThat(state.put(name, text(event.object())))
                        .as("added twice")
                        .isNull();
            case MODIFIED ->
                assertThat(state.put(name, text(event.object())))
                        .as("not added")
                        .isNotNull();
            case DELETED -> assertThat(state.remove(name)).as("not there").isNotNull();
            case BOOKMARK -> {}
        }
    }

    private static String text(ObjectNode object) {
        return Json.text(object);
    }

    private Map<String, String> listed(WatchQuery query, String version) {
        Map<String, String> state = new TreeMap<>();
        ListQuery list = query.listed();
        Listing listing =
                api.list(version.isEmpty() ? list : list.withResourceVersion(version, ListQuery.VersionMatch.EXACT));
        for (ObjectNode object : listing.items()) {
            state.put(
                    Json.string(object, "metadata", "namespace").orElse("") + "/"
                            + Json.string(object, "metadata", "name").orElse(""),
                    text(object));
        }
        return state;
    }

    /** A client that watches again from where it was when its watch is cut. */
    private final class Follower {

        private final WatchQuery query;
        private final Map<String, String> state;
        private ObjectWatch watch;

        Follower(WatchQuery query, Map<String, String> state) {
            this.query = query;
            this.state = state;
            this.watch = api.watch(query);
        }

        void take(Duration patience) throws InterruptedException {
            try {
                for (ObjectEvent event : watch.next(patience)) {
                    believe(state, event);
                }
            } catch (ApiException e) {
                assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_REQUESTS);
                watch.close();
                watch = api.watch(new WatchQuery(
                        query.kind(), query.namespace(), query.labels(), query.fields(), watch.progress()));
            }
        }
    }

    /**
     * Whatever is written, a watch of any selector from any revision ends with what a list tells: a watch that is far behind reads
     * history first, one that is a little behind gets what the hub still has.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whoFollowsEventsEndsWithWhatAListTells(long seed) throws InterruptedException {
        Random random = new Random(seed);
        List<String> labels = List.of("", "l=x", "l!=x", "l in (x,y)");
        List<String> fields = List.of("", "", "metadata.name!=n1", "metadata.name=n1");
        List<Long> revisions = new ArrayList<>();
        revisions.add(put("default", "n0", "x", "0"));
        List<Follower> followers = new ArrayList<>();
        for (int step = 0; step < 2_500; step++) {
            write(random, step).ifPresent(revisions::add);
            if (random.nextInt(100) == 0 && followers.size() < 12) {
                long from = random.nextInt(4) == 0 ? 0 : revisions.get(random.nextInt(revisions.size()));
                WatchQuery query = new WatchQuery(
                        Kinds.CONFIG_MAP,
                        random.nextBoolean() ? "" : "default",
                        LabelSelector.parse(labels.get(random.nextInt(labels.size()))),
                        FieldSelector.parse(Kinds.CONFIG_MAP, fields.get(random.nextInt(fields.size()))),
                        from);
                Map<String, String> state = from == 0 ? new TreeMap<>() : listed(query, Long.toString(from));
                followers.add(new Follower(query, state));
            }
            if (!followers.isEmpty() && random.nextInt(3) == 0) {
                followers.get(random.nextInt(followers.size())).take(Duration.ZERO);
            }
        }
        long last = put("default", "end", "x", "1");
        for (Follower follower : followers) {
            while (follower.watch.progress() < last) {
                follower.take(Duration.ofMillis(50));
            }
            assertThat(follower.state).as("%s seed %d", follower.query, seed).isEqualTo(listed(follower.query, ""));
            follower.watch.close();
        }
    }

    private Optional<Long> write(Random random, int step) {
        String namespace = random.nextInt(3) == 0 ? "other" : "default";
        String name = "n" + random.nextInt(6);
        Ref ref = new Ref(Kinds.CONFIG_MAP, namespace, name);
        if (random.nextInt(4) == 0 && api.find(ref).isPresent()) {
            api.delete(ref, DELETE);
            return Optional.empty();
        }
        return Optional.of(put(namespace, name, List.of("x", "y", "z").get(random.nextInt(3)), Integer.toString(step)));
    }
}
