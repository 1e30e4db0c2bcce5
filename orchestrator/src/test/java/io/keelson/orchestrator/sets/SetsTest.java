package io.keelson.orchestrator.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keelson.orchestrator.api.Api;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.Committed;
import io.keelson.orchestrator.api.DeleteOptions;
import io.keelson.orchestrator.api.ListQuery;
import io.keelson.orchestrator.api.Past;
import io.keelson.orchestrator.api.Stored;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.api.WriteOptions;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Addresses;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.store.Kv;
import io.keelson.store.MemoryKv;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Sets over a store in memory. */
class SetsTest {

    private static final User ADMIN = new User("admin", List.of("system:masters"));
    private static final WriteOptions BY_ADMIN = WriteOptions.by(ADMIN);

    private final Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final MemoryKv store = new MemoryKv(() -> now);
    private final AtomicReference<Runnable> beforeNextTxn = new AtomicReference<>(() -> {});
    private final Api direct = api(store, 7);
    private final Api api = api(disturbed(store), 8);
    private final Sets sets = new Sets(api);
    private final Undoing undoing = new Undoing(api);

    private Api api(Kv kv, long seed) {
        return new Api(kv, Kinds::builtIn, Addresses.standard(), () -> now, new Random(seed));
    }

    /** The store, with something that happens right before a transaction, once. */
    private Kv disturbed(Kv kv) {
        return (Kv) Proxy.newProxyInstance(
                Kv.class.getClassLoader(), new Class<?>[] {Kv.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("txn")) {
                        beforeNextTxn.getAndSet(() -> {}).run();
                    }
                    try {
                        return method.invoke(kv, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @BeforeEach
    void namespaces() {
        direct.create(
                Kinds.NAMESPACE, "", part(Kinds.NAMESPACE, "", "default", "").object(), BY_ADMIN);
    }

    private static Applying.Part part(Kind kind, String namespace, String name, String more) {
        ObjectNode object = Json.parse("{\"apiVersion\":\"" + kind.apiVersion() + "\",\"kind\":\"" + kind.kind()
                + "\",\"metadata\":{\"name\":\"" + name + "\"}" + more + "}");
        return new Applying.Part(new Ref(kind, kind.namespaced() ? namespace : "", name), object, List.of());
    }

    private static Applying.Part map(String name, String value) {
        return part(Kinds.CONFIG_MAP, "default", name, ",\"data\":{\"k\":\"" + value + "\"}");
    }

    private static Applying plain(Applying.Part... parts) {
        return new Applying("default", Optional.empty(), List.of(parts), false, BY_ADMIN, ref -> {});
    }

    private static Applying named(boolean prune, Applying.Part... parts) {
        return new Applying("default", Optional.of("shop"), List.of(parts), prune, BY_ADMIN, ref -> {});
    }

    private static Ref ref(String name) {
        return new Ref(Kinds.CONFIG_MAP, "default", name);
    }

    private String value(String name) {
        return direct.find(ref(name))
                .flatMap(stored -> Json.string(stored.object(), "data", "k"))
                .orElse("none");
    }

    private static List<Item.Outcome> outcomes(Committed<List<Item>> done) {
        return done.result().stream().map(Item::outcome).toList();
    }

    @Test
    void allObjectsOfASetHaveOneRevision() {
        Committed<List<Item>> done = sets.apply(plain(map("a", "1"), map("b", "1"), map("c", "1")));
        assertThat(outcomes(done)).containsOnly(Item.Outcome.CREATED);
        for (String name : List.of("a", "b", "c")) {
            assertThat(direct.get(ref(name)).revision()).isEqualTo(done.revision());
        }
        assertThat(done.result()
                        .getFirst()
                        .after()
                        .path("metadata")
                        .path("resourceVersion")
                        .asString(""))
                .isEqualTo(Long.toString(done.revision()));
        assertThat(outcomes(sets.apply(plain(map("a", "1"), map("b", "2")))))
                .containsExactly(Item.Outcome.UNCHANGED, Item.Outcome.CONFIGURED);
    }

    @Test
    void nothingIsStoredIfOneObjectIsRefusedAndAllRefusedAreNamed() {
        long before = direct.past().newest();
        SetRefusedException refused = catchThrowableOfType(
                SetRefusedException.class,
                () -> sets.apply(plain(
                        map("a", "1"),
                        part(Kinds.CONFIG_MAP, "default", "Wrong_Name", ""),
                        part(Kinds.CONFIG_MAP, "nowhere", "b", ""))));
        assertThat(refused.refused())
                .extracting(SetRefusedException.Refused::index)
                .containsExactly(1, 2);
        assertThat(refused.refused().get(0).rejection().reason()).isEqualTo(Reason.INVALID);
        assertThat(refused.refused().get(0).rejection().message()).contains("metadata.name: Invalid value");
        assertThat(refused.refused().get(1).rejection().message()).isEqualTo("namespaces \"nowhere\" not found");
        assertThat(refused.getMessage())
                .startsWith("nothing was stored: of 3 objects 2 were refused: configmap/Wrong_Name in default: ");
        assertThat(direct.past().newest()).isEqualTo(before);
    }

    @Test
    void aNamespaceAndWhatLivesInItAreOneTransactionInAnyOrder() {
        Committed<List<Item>> done =
                sets.apply(plain(part(Kinds.CONFIG_MAP, "shop", "a", ""), part(Kinds.NAMESPACE, "", "shop", "")));
        assertThat(done.result()).extracting(item -> item.ref().name()).containsExactly("a", "shop");
        assertThat(direct.get(new Ref(Kinds.CONFIG_MAP, "shop", "a")).revision())
                .isEqualTo(done.revision());
        assertThat(direct.get(new Ref(Kinds.NAMESPACE, "", "shop")).revision()).isEqualTo(done.revision());
    }

    @Test
    void servicesOfASetGetAddressesThatDiffer() {
        String spec = ",\"spec\":{\"selector\":{\"a\":\"b\"},\"ports\":[{\"port\":80}]}";
        List<Applying.Part> parts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            parts.add(part(Kinds.SERVICE, "default", "s" + i, spec));
        }
        Committed<List<Item>> done = sets.apply(plain(parts.toArray(Applying.Part[]::new)));
        assertThat(done.result().stream()
                        .map(item -> item.after().path("spec").path("clusterIP").asString("")))
                .doesNotHaveDuplicates()
                .allMatch(address -> !address.isEmpty());
    }

    @Test
    void aChangeThatComesBetweenIsMergedIntoAndNotLost() {
        sets.apply(plain(map("a", "1"), map("b", "1")));
        beforeNextTxn.set(() -> {
            ObjectNode other = direct.get(ref("a")).object();
            Json.child(Json.child(other, "metadata"), "labels").put("between", "yes");
            direct.update(ref("a"), "", other, BY_ADMIN);
        });
        Committed<List<Item>> done = sets.apply(plain(map("a", "2"), map("b", "2")));
        Stored a = direct.get(ref("a"));
        assertThat(a.revision()).isEqualTo(done.revision());
        assertThat(a.object().path("metadata").path("labels").path("between").asString(""))
                .isEqualTo("yes");
        assertThat(value("a")).isEqualTo("2");
    }

    @Test
    void aNamespaceThatBeginsToEndMeanwhileRefusesTheSet() {
        direct.create(Kinds.NAMESPACE, "", part(Kinds.NAMESPACE, "", "ns", "").object(), BY_ADMIN);
        beforeNextTxn.set(() -> direct.delete(new Ref(Kinds.NAMESPACE, "", "ns"), DeleteOptions.by(ADMIN)));
        SetRefusedException refused = catchThrowableOfType(
                SetRefusedException.class,
                () -> sets.apply(plain(part(Kinds.CONFIG_MAP, "ns", "a", ""), map("b", "1"))));
        assertThat(refused.getMessage()).contains("because it is being terminated");
        assertThat(value("b")).isEqualTo("none");
    }

    @Test
    void aDryRunTellsAllAndStoresNothing() {
        long before = direct.past().newest();
        WriteOptions dry = new WriteOptions(ADMIN, "keelson", true, BY_ADMIN.validation(), List.of());
        Committed<List<Item>> done = sets.apply(new Applying(
                "default",
                Optional.of("shop"),
                List.of(part(Kinds.CONFIG_MAP, "ns", "a", ""), part(Kinds.NAMESPACE, "", "ns", "")),
                true,
                dry,
                ref -> {}));
        assertThat(outcomes(done)).containsOnly(Item.Outcome.CREATED);
        assertThat(done.result().getFirst().after().path("metadata").has("resourceVersion"))
                .isFalse();
        assertThat(direct.past().newest()).isEqualTo(before);
    }

    @Test
    void aSetThatIsTooLargeIsToldTheLimit() {
        List<Applying.Part> parts = new ArrayList<>();
        for (int i = 0; i < Kv.MAX_TXN_OPS; i++) {
            parts.add(map("m" + i, "x"));
        }
        ApiException many =
                catchThrowableOfType(ApiException.class, () -> sets.apply(plain(parts.toArray(Applying.Part[]::new))));
        assertThat(many.reason()).isEqualTo(Reason.REQUEST_ENTITY_TOO_LARGE);
        assertThat(many).hasMessageContaining("the store's limit is 10000 keys; nothing was stored");
        List<Applying.Part> large = new ArrayList<>();
        for (int i = 0; i < 36; i++) {
            large.add(map("m" + i, "x".repeat(250_000)));
        }
        ApiException bytes =
                catchThrowableOfType(ApiException.class, () -> sets.apply(plain(large.toArray(Applying.Part[]::new))));
        assertThat(bytes).hasMessageContaining("the store's limit is 8388608 bytes; nothing was stored");
        assertThat(direct.list(ListQuery.in(Kinds.CONFIG_MAP, "default")).items())
                .isEmpty();
    }

    @Test
    void twoThousandObjectsAreOneTransaction() {
        List<Applying.Part> parts = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            parts.add(map("m" + i, "x".repeat(500)));
        }
        Committed<List<Item>> done = sets.apply(plain(parts.toArray(Applying.Part[]::new)));
        assertThat(done.result()).hasSize(2_000);
        assertThat(direct.list(ListQuery.in(Kinds.CONFIG_MAP, "default")).items())
                .hasSize(2_000)
                .allMatch(object -> Json.string(object, "metadata", "resourceVersion")
                        .equals(Optional.of(Long.toString(done.revision()))));
    }

    @Test
    void theSameObjectTwiceIsRefused() {
        assertThat(catchThrowableOfType(ApiException.class, () -> sets.apply(plain(map("a", "1"), map("a", "2")))))
                .hasMessage("configmaps \"a\" is in the set twice");
    }

    @Test
    void whatLeftTheSetIsPrunedInTheSameTransaction() {
        sets.apply(named(false, map("a", "1"), map("b", "1")));
        Committed<List<Item>> kept = sets.apply(named(false, map("a", "1")));
        assertThat(outcomes(kept)).containsExactly(Item.Outcome.UNCHANGED);
        assertThat(value("b")).isEqualTo("1");
        Committed<List<Item>> pruned = sets.apply(named(true, map("a", "2")));
        assertThat(outcomes(pruned)).containsExactly(Item.Outcome.CONFIGURED, Item.Outcome.PRUNED);
        assertThat(direct.find(ref("b"))).isEmpty();
        assertThat(direct.past().find(ref("b"), pruned.revision() - 1)).isPresent();
        assertThat(sets.held("default", "shop").orElseThrow().members())
                .extracting(member -> member.ref().name())
                .containsExactly("a");
        assertThat(outcomes(sets.apply(named(true, map("a", "2"))))).containsExactly(Item.Outcome.UNCHANGED);
    }

    @Test
    void anObjectThatSomebodyElseMadeAgainIsNotPruned() {
        sets.apply(named(false, map("a", "1"), map("b", "1")));
        direct.delete(ref("b"), DeleteOptions.by(ADMIN));
        direct.create(Kinds.CONFIG_MAP, "default", map("b", "theirs").object(), BY_ADMIN);
        assertThat(outcomes(sets.apply(named(true, map("a", "1"))))).containsExactly(Item.Outcome.UNCHANGED);
        assertThat(value("b")).isEqualTo("theirs");
    }

    @Test
    void whoMayNotDeleteMayNotPruneAndNothingIsStored() {
        sets.apply(named(false, map("a", "1"), map("b", "1")));
        Applying wish = new Applying("default", Optional.of("shop"), List.of(map("a", "2")), true, BY_ADMIN, ref -> {
            throw new ApiException(Reason.FORBIDDEN, "not you");
        });
        assertThat(catchThrowableOfType(SetRefusedException.class, () -> sets.apply(wish))
                        .getMessage())
                .contains("configmap/b in default: not you");
        assertThat(value("a")).isEqualTo("1");
    }

    @Test
    void pruneNeedsANameAndANameIsALabel() {
        Applying nameless = new Applying("default", Optional.empty(), List.of(), true, BY_ADMIN, ref -> {});
        assertThat(catchThrowableOfType(ApiException.class, () -> sets.apply(nameless)))
                .hasMessageStartingWith("set: Required value");
        Applying wrong = new Applying("default", Optional.of("a/b"), List.of(), false, BY_ADMIN, ref -> {});
        assertThat(catchThrowableOfType(ApiException.class, () -> sets.apply(wrong)))
                .hasMessageStartingWith("set: Invalid value: \"a/b\"");
    }

    @Test
    void aSetIsUndoneAsAWholeAndAgain() {
        sets.apply(named(false, map("a", "1"), map("b", "1")));
        sets.apply(named(true, map("a", "2"), map("c", "2")));
        Committed<List<Item>> undone = undoing.undoSet("default", "shop", BY_ADMIN, (verb, ref) -> {});
        assertThat(List.of(value("a"), value("b"), value("c"))).containsExactly("1", "1", "none");
        assertThat(direct.get(ref("a")).revision()).isEqualTo(undone.revision());
        assertThat(direct.get(ref("b")).revision()).isEqualTo(undone.revision());
        assertThat(sets.held("default", "shop").orElseThrow().members())
                .extracting(member -> member.ref().name())
                .containsExactlyInAnyOrder("a", "b");
        undoing.undoSet("default", "shop", BY_ADMIN, (verb, ref) -> {});
        assertThat(List.of(value("a"), value("b"), value("c"))).containsExactly("2", "none", "2");
    }

    // One object

    @Test
    void anUndoGoesBackOneWishAndForthAgain() {
        sets.apply(plain(map("a", "1")));
        sets.apply(plain(map("a", "2")));
        undoing.undo(ref("a"), undoing.previous(ref("a")), BY_ADMIN);
        assertThat(value("a")).isEqualTo("1");
        undoing.undo(ref("a"), undoing.previous(ref("a")), BY_ADMIN);
        assertThat(value("a")).isEqualTo("2");
    }

    @Test
    void anObjectThatWasDeletedComesBackWithANewUid() {
        sets.apply(plain(map("a", "1")));
        Stored before = direct.get(ref("a"));
        direct.delete(ref("a"), DeleteOptions.by(ADMIN));
        Committed<Item> back = undoing.undo(ref("a"), undoing.previous(ref("a")), BY_ADMIN);
        assertThat(back.result().outcome()).isEqualTo(Item.Outcome.CREATED);
        assertThat(value("a")).isEqualTo("1");
        assertThat(Sets.uid(direct.get(ref("a")).object())).isNotEqualTo(Sets.uid(before.object()));
    }

    @Test
    void anUndoWithoutAnythingToUndoSaysSince() {
        sets.apply(plain(map("a", "1")));
        assertThat(catchThrowableOfType(ApiException.class, () -> undoing.previous(ref("a"))))
                .hasMessageContaining("there is nothing to undo");
        assertThat(catchThrowableOfType(ApiException.class, () -> undoing.undo(ref("a"), 1, BY_ADMIN)))
                .hasMessage("configmaps \"a\" not found at revision 1");
    }

    // The past

    @Test
    void everyStateIsKnownUntilHistoryIsCompacted() {
        sets.apply(plain(map("a", "1")));
        long first = direct.get(ref("a")).revision();
        sets.apply(plain(map("a", "2")));
        direct.delete(ref("a"), DeleteOptions.by(ADMIN));
        Past past = direct.past();
        assertThat(past.oldest()).isEqualTo(1);
        assertThat(past.versions(ref("a"), 1))
                .extracting(version -> version.object().isPresent())
                .containsExactly(true, true, false);
        store.compact(CompactionRequest.newBuilder().setRevision(first + 1).build());
        assertThat(past.oldest()).isEqualTo(first + 1);
        ApiException gone = catchThrowableOfType(ApiException.class, () -> past.find(ref("a"), first));
        assertThat(gone.reason()).isEqualTo(Reason.EXPIRED);
        assertThat(gone)
                .hasMessage("revision " + first + " is not there any more: the oldest that can be asked for is "
                        + (first + 1));
        assertThat(past.versions(ref("a"), first + 1)).hasSize(2);
        assertThat(catchThrowableOfType(ApiException.class, () -> past.find(ref("a"), 9999)))
                .hasMessage("revision 9999 is not there yet: the newest is " + past.newest());
    }

    @Test
    void randomSetsGiveWhatSingleWritesGive() {
        Random random = new Random(42);
        Api single = api(new MemoryKv(() -> now), 9);
        single.create(
                Kinds.NAMESPACE, "", part(Kinds.NAMESPACE, "", "default", "").object(), BY_ADMIN);
        for (int round = 0; round < 60; round++) {
            List<Applying.Part> parts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                if (random.nextBoolean()) {
                    parts.add(map("m" + i, Integer.toString(random.nextInt(3))));
                }
            }
            Committed<List<Item>> done = sets.apply(plain(parts.toArray(Applying.Part[]::new)));
            for (int i = 0; i < parts.size(); i++) {
                Applying.Part part = parts.get(i);
                assertThat(done.result().get(i).outcome().name())
                        .as("round " + round)
                        .isEqualTo(single.apply(part.ref().kind(), "default", part.object(), BY_ADMIN)
                                .outcome()
                                .name());
            }
            for (int i = 0; i < 6; i++) {
                Optional<ObjectNode> one = single.find(ref("m" + i)).map(Stored::object);
                assertThat(direct.find(ref("m" + i))
                                .map(stored -> stored.object().path("data")))
                        .isEqualTo(one.map(object -> object.path("data")));
            }
        }
    }
}
