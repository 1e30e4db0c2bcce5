package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class RegistryTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final Given GIVEN = new Given(NOW, "uid-1", "bcdfg");

    private static ObjectNode configMap(String name) {
        return Json.parse("""
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s"},"data":{"a":"1"}}""".formatted(name));
    }

    private static ObjectNode deployment() {
        return Json.parse("""
                {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":2,
                "selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},
                "spec":{"containers":[{"name":"c","image":"i"}]}}}}""");
    }

    private static ObjectNode stored(Prepared prepared) {
        assertThat(prepared).isInstanceOf(Prepared.Store.class);
        return ((Prepared.Store) prepared).object();
    }

    private static Rejection rejected(Prepared prepared) {
        assertThat(prepared).isInstanceOf(Prepared.Refuse.class);
        return ((Prepared.Refuse) prepared).rejection();
    }

    private static ObjectNode created(Kind kind, ObjectNode object) {
        return stored(Registry.create(kind, kind.namespaced() ? "default" : "", object, FieldValidation.STRICT, GIVEN));
    }

    /** As the store gives it back. */
    private static ObjectNode live(Kind kind, ObjectNode object) {
        ObjectNode live = created(kind, object);
        Json.child(live, "metadata").put("resourceVersion", "7");
        return live;
    }

    private static Prepared update(Kind kind, String subresource, ObjectNode live, ObjectNode incoming) {
        return Registry.update(kind, subresource, live, incoming, FieldValidation.STRICT);
    }

    @Test
    void createFillsInWhatTheSystemSays() {
        ObjectNode sent = configMap("c");
        Json.child(sent, "metadata").put("uid", "mine").put("deletionTimestamp", "2020-01-01T00:00:00Z");
        ObjectNode metadata = Json.child(created(Kinds.CONFIG_MAP, sent), "metadata");
        assertThat(Json.text(metadata))
                .isEqualTo(
                        "{\"creationTimestamp\":\"2026-01-02T03:04:05Z\",\"name\":\"c\",\"namespace\":\"default\",\"uid\":\"uid-1\"}");
    }

    @Test
    void createDoesNotChangeItsInput() {
        ObjectNode sent = deployment();
        created(Kinds.DEPLOYMENT, sent);
        assertThat(sent).isEqualTo(deployment());
    }

    @Test
    void generatedNamesEndInTheGivenSuffix() {
        ObjectNode sent = configMap("");
        Json.child(sent, "metadata").put("generateName", "x".repeat(70));
        String name =
                Json.string(created(Kinds.CONFIG_MAP, sent), "metadata", "name").orElseThrow();
        assertThat(name).isEqualTo("x".repeat(58) + "bcdfg");
    }

    @Test
    void createWithAResourceVersionIsRefused() {
        ObjectNode sent = configMap("c");
        Json.child(sent, "metadata").put("resourceVersion", "5");
        Rejection rejection =
                rejected(Registry.create(Kinds.CONFIG_MAP, "default", sent, FieldValidation.STRICT, GIVEN));
        assertThat(rejection.message()).isEqualTo("resourceVersion should not be set on objects to be created");
    }

    @Test
    void anotherNamespaceThanThePathsIsRefused() {
        ObjectNode sent = configMap("c");
        Json.child(sent, "metadata").put("namespace", "other");
        Rejection rejection =
                rejected(Registry.create(Kinds.CONFIG_MAP, "default", sent, FieldValidation.STRICT, GIVEN));
        assertThat(rejection.reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(rejection.message()).contains("does not match the namespace");
    }

    @Test
    void unknownFieldsAreRefusedWarnedOfOrIgnoredAsAsked() {
        ObjectNode sent = configMap("c").put("dataa", "x");
        Rejection strict = rejected(Registry.create(Kinds.CONFIG_MAP, "default", sent, FieldValidation.STRICT, GIVEN));
        assertThat(strict.message())
                .isEqualTo("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error:"
                        + " unknown field \"dataa\"");
        Prepared warned = Registry.create(Kinds.CONFIG_MAP, "default", sent, FieldValidation.WARN, GIVEN);
        assertThat(((Prepared.Store) warned).warnings()).containsExactly("unknown field \"dataa\"");
        Prepared ignored = Registry.create(Kinds.CONFIG_MAP, "default", sent, FieldValidation.IGNORE, GIVEN);
        assertThat(((Prepared.Store) ignored).warnings()).isEmpty();
    }

    @Test
    void aWrongTypeIsRefusedWhateverValidationIsAsked() {
        ObjectNode sent = deployment();
        Json.child(sent, "spec").put("replicas", "two");
        Rejection rejection =
                rejected(Registry.create(Kinds.DEPLOYMENT, "default", sent, FieldValidation.IGNORE, GIVEN));
        assertThat(rejection.reason()).isEqualTo(Reason.BAD_REQUEST);
        assertThat(rejection.message()).contains("spec.replicas");
    }

    @Test
    void invalidObjectsAreRefusedWithEveryCause() {
        ObjectNode sent = deployment();
        Json.child(sent, "spec").remove("selector");
        Rejection rejection =
                rejected(Registry.create(Kinds.DEPLOYMENT, "default", sent, FieldValidation.STRICT, GIVEN));
        assertThat(rejection.reason()).isEqualTo(Reason.INVALID);
        assertThat(rejection.message()).startsWith("Deployment.apps \"web\" is invalid: ");
        assertThat(rejection.details().orElseThrow().causes())
                .extracting(Cause::field)
                .contains("spec.selector");
    }

    @Test
    void aStatusInACreateIsDropped() {
        ObjectNode sent = deployment();
        Json.child(sent, "status").put("replicas", 9);
        assertThat(Json.at(created(Kinds.DEPLOYMENT, sent), "status", "replicas"))
                .isEmpty();
    }

    @Test
    void generationCountsChangesOfTheSpecOnly() {
        ObjectNode live = live(Kinds.DEPLOYMENT, deployment());
        ObjectNode labelled = live.deepCopy();
        Json.child(Json.child(labelled, "metadata"), "labels").put("x", "y");
        assertThat(Json.number(stored(update(Kinds.DEPLOYMENT, "", live, labelled)), "metadata", "generation"))
                .contains(1L);
        ObjectNode scaled = live.deepCopy();
        Json.child(scaled, "spec").put("replicas", 5);
        assertThat(Json.number(stored(update(Kinds.DEPLOYMENT, "", live, scaled)), "metadata", "generation"))
                .contains(2L);
    }

    @Test
    void theMainPathChangesNoStatusAndTheStatusPathNothingElse() {
        ObjectNode live = live(Kinds.DEPLOYMENT, deployment());
        ObjectNode both = live.deepCopy();
        Json.child(both, "spec").put("replicas", 5);
        Json.child(both, "status").put("replicas", 5);
        ObjectNode main = stored(update(Kinds.DEPLOYMENT, "", live, both));
        assertThat(Json.at(main, "status", "replicas")).isEmpty();
        assertThat(Json.number(main, "spec", "replicas")).contains(5L);
        ObjectNode status = stored(update(Kinds.DEPLOYMENT, "status", live, both));
        assertThat(Json.number(status, "spec", "replicas")).contains(2L);
        assertThat(Json.number(status, "status", "replicas")).contains(5L);
        assertThat(Json.number(status, "metadata", "generation")).contains(1L);
    }

    @Test
    void anUpdateThatChangesNothingIsNoWrite() {
        ObjectNode live = live(Kinds.DEPLOYMENT, deployment());
        assertThat(update(Kinds.DEPLOYMENT, "", live, deployment())).isInstanceOf(Prepared.Unchanged.class);
    }

    @Test
    void anOldResourceVersionOrAnotherUidIsAConflict() {
        ObjectNode live = live(Kinds.CONFIG_MAP, configMap("c"));
        ObjectNode old = live.deepCopy();
        Json.child(old, "metadata").put("resourceVersion", "6");
        Rejection modified = rejected(update(Kinds.CONFIG_MAP, "", live, old));
        assertThat(modified.reason()).isEqualTo(Reason.CONFLICT);
        assertThat(modified.message())
                .isEqualTo(
                        "Operation cannot be fulfilled on configmaps \"c\": the object has been modified; please apply"
                                + " your changes to the latest version and try again");
        ObjectNode other = configMap("c");
        Json.child(other, "metadata").put("uid", "uid-2");
        assertThat(rejected(update(Kinds.CONFIG_MAP, "", live, other)).reason()).isEqualTo(Reason.CONFLICT);
    }

    @Test
    void systemFieldsSurviveAnUpdateThatLeavesThemOut() {
        ObjectNode live = live(Kinds.CONFIG_MAP, configMap("c"));
        ObjectNode sent = configMap("c");
        Json.child(sent, "data").put("a", "2");
        ObjectNode after = stored(update(Kinds.CONFIG_MAP, "", live, sent));
        assertThat(Json.string(after, "metadata", "uid")).contains("uid-1");
        assertThat(Json.string(after, "metadata", "creationTimestamp")).contains("2026-01-02T03:04:05Z");
        assertThat(Json.string(after, "metadata", "resourceVersion")).isEmpty();
    }

    @Test
    void scaleChangesReplicasAndNothingElse() {
        ObjectNode live = live(Kinds.DEPLOYMENT, deployment());
        ObjectNode scale = Scale.of(Kinds.DEPLOYMENT, live);
        assertThat(Json.number(scale, "spec", "replicas")).contains(2L);
        assertThat(Json.string(scale, "status", "selector")).contains("a=b");
        Json.child(scale, "spec").put("replicas", 7);
        assertThat(Json.number(stored(update(Kinds.DEPLOYMENT, "scale", live, scale)), "spec", "replicas"))
                .contains(7L);
        Json.child(scale, "spec").put("replicas", -1);
        assertThat(rejected(update(Kinds.DEPLOYMENT, "scale", live, scale)).reason())
                .isEqualTo(Reason.INVALID);
    }

    @Test
    void aPodIsBoundOnce() {
        ObjectNode live = live(Kinds.POD, pod());
        ObjectNode binding = Json.parse("{\"kind\":\"Binding\",\"apiVersion\":\"v1\",\"target\":{\"name\":\"n1\"}}");
        ObjectNode bound = stored(update(Kinds.POD, "binding", live, binding));
        assertThat(Json.string(bound, "spec", "nodeName")).contains("n1");
        assertThat(Json.items(bound, "status", "conditions").toString()).contains("PodScheduled");
        assertThat(rejected(update(Kinds.POD, "binding", bound, binding)).message())
                .contains("already assigned to node \"n1\"");
    }

    private static ObjectNode pod() {
        return Json.parse("""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}}""");
    }

    // Ends

    private static final Deletion.Wish PLAIN = wish(Optional.empty(), Propagation.BACKGROUND);

    private static Deletion.Wish wish(Optional<Long> grace, Propagation propagation) {
        return new Deletion.Wish(Optional.empty(), Optional.empty(), grace, propagation);
    }

    private static ObjectNode boundPod() {
        ObjectNode pod = live(Kinds.POD, pod());
        Json.child(pod, "spec").put("nodeName", "n1");
        return pod;
    }

    @Test
    void anObjectWithoutFinalizersGoesAtOnce() {
        assertThat(Deletion.delete(Kinds.CONFIG_MAP, live(Kinds.CONFIG_MAP, configMap("c")), PLAIN, NOW))
                .isInstanceOf(Prepared.Remove.class);
    }

    @Test
    void aPodOnANodeGetsTimeAndALaterDeleteMayOnlyShortenIt() {
        ObjectNode ending = stored(Deletion.delete(Kinds.POD, boundPod(), PLAIN, NOW));
        assertThat(Json.string(ending, "metadata", "deletionTimestamp")).contains("2026-01-02T03:04:35Z");
        assertThat(Json.number(ending, "metadata", "deletionGracePeriodSeconds"))
                .contains(30L);
        Instant later = NOW.plusSeconds(5);
        assertThat(Deletion.delete(Kinds.POD, ending, wish(Optional.of(60L), Propagation.BACKGROUND), later))
                .isInstanceOf(Prepared.Unchanged.class);
        ObjectNode sooner =
                stored(Deletion.delete(Kinds.POD, ending, wish(Optional.of(10L), Propagation.BACKGROUND), later));
        assertThat(Json.string(sooner, "metadata", "deletionTimestamp")).contains("2026-01-02T03:04:15Z");
        assertThat(Deletion.delete(Kinds.POD, sooner, wish(Optional.of(0L), Propagation.BACKGROUND), later))
                .isInstanceOf(Prepared.Remove.class);
    }

    @Test
    void aPodMayTakeLongerToEndThanCanBeCounted() {
        ObjectNode patient = boundPod();
        Json.child(patient, "spec").put("terminationGracePeriodSeconds", Long.MAX_VALUE);
        for (Deletion.Wish wish : List.of(PLAIN, wish(Optional.of(Long.MAX_VALUE), Propagation.BACKGROUND))) {
            ObjectNode ending = stored(Deletion.delete(Kinds.POD, patient, wish, NOW));
            assertThat(Json.string(ending, "metadata", "deletionTimestamp").orElse(""))
                    .startsWith("2318-");
        }
    }

    @Test
    void aPodOnNoNodeGoesAtOnce() {
        assertThat(Deletion.delete(Kinds.POD, live(Kinds.POD, pod()), PLAIN, NOW))
                .isInstanceOf(Prepared.Remove.class);
    }

    @Test
    void finalizersHoldAnObjectUntilTheLastIsGone() {
        ObjectNode held = live(Kinds.CONFIG_MAP, configMap("c"));
        Json.child(held, "metadata").putArray("finalizers").add("example.com/hold");
        ObjectNode ending = stored(Deletion.delete(Kinds.CONFIG_MAP, held, PLAIN, NOW));
        assertThat(Json.string(ending, "metadata", "deletionTimestamp")).isPresent();
        ObjectNode more = ending.deepCopy();
        Json.child(more, "metadata")
                .putArray("finalizers")
                .add("example.com/hold")
                .add("example.com/new");
        assertThat(rejected(update(Kinds.CONFIG_MAP, "", ending, more)).message())
                .contains("no new finalizers can be added");
        ObjectNode free = ending.deepCopy();
        Json.child(free, "metadata").remove("finalizers");
        assertThat(update(Kinds.CONFIG_MAP, "", ending, free)).isInstanceOf(Prepared.Remove.class);
    }

    @Test
    void propagationBecomesAFinalizer() {
        ObjectNode live = live(Kinds.DEPLOYMENT, deployment());
        ObjectNode foreground =
                stored(Deletion.delete(Kinds.DEPLOYMENT, live, wish(Optional.empty(), Propagation.FOREGROUND), NOW));
        assertThat(Metadata.finalizers(foreground)).containsExactly("foregroundDeletion");
        ObjectNode orphan =
                stored(Deletion.delete(Kinds.DEPLOYMENT, foreground, wish(Optional.empty(), Propagation.ORPHAN), NOW));
        assertThat(Metadata.finalizers(orphan)).containsExactly("orphan");
    }

    @Test
    void preconditionsAreChecked() {
        ObjectNode live = live(Kinds.CONFIG_MAP, configMap("c"));
        Deletion.Wish otherUid =
                new Deletion.Wish(Optional.of("uid-2"), Optional.empty(), Optional.empty(), Propagation.BACKGROUND);
        Deletion.Wish otherVersion =
                new Deletion.Wish(Optional.empty(), Optional.of("3"), Optional.empty(), Propagation.BACKGROUND);
        assertThat(rejected(Deletion.delete(Kinds.CONFIG_MAP, live, otherUid, NOW))
                        .reason())
                .isEqualTo(Reason.CONFLICT);
        assertThat(rejected(Deletion.delete(Kinds.CONFIG_MAP, live, otherVersion, NOW))
                        .reason())
                .isEqualTo(Reason.CONFLICT);
    }

    @Test
    void aNamespaceEndsInTwoSteps() {
        ObjectNode namespace = live(
                Kinds.NAMESPACE,
                Json.parse("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"x\"}}"));
        ObjectNode ending = stored(Deletion.delete(Kinds.NAMESPACE, namespace, PLAIN, NOW));
        assertThat(Json.string(ending, "status", "phase")).contains("Terminating");
        assertThat(NamespaceLife.refusal(Kinds.POD, "p", "x", Optional.of(ending))
                        .orElseThrow()
                        .message())
                .isEqualTo("pods \"p\" is forbidden: unable to create new content in namespace x because it is being"
                        + " terminated");
        ObjectNode empty = ending.deepCopy();
        Json.child(empty, "spec").putArray("finalizers");
        assertThat(update(Kinds.NAMESPACE, "", ending, empty))
                .as("the main path leaves spec.finalizers alone")
                .isInstanceOf(Prepared.Unchanged.class);
        assertThat(update(Kinds.NAMESPACE, "finalize", ending, empty)).isInstanceOf(Prepared.Remove.class);
    }

    @Test
    void theNamespacesThatEverythingNeedsStay() {
        ObjectNode namespace = live(
                Kinds.NAMESPACE,
                Json.parse("{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"kube-system\"}}"));
        assertThat(rejected(Deletion.delete(Kinds.NAMESPACE, namespace, PLAIN, NOW))
                        .message())
                .isEqualTo("namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
    }

    @Test
    void theStatusOfARejectionIsKubernetesOwn() {
        Rejection rejection = Rejection.invalid(Kinds.SERVICE, "s", List.of(Cause.required("spec.ports", "")));
        assertThat(Json.text(rejection.status()))
                .isEqualTo(
                        "{\"apiVersion\":\"v1\",\"kind\":\"Status\",\"metadata\":{},\"code\":422,\"details\":{\"causes\":"
                                + "[{\"field\":\"spec.ports\",\"message\":\"Required value\",\"reason\":\"FieldValueRequired\"}],"
                                + "\"kind\":\"Service\",\"name\":\"s\"},\"message\":\"Service \\\"s\\\" is invalid: spec.ports: Required"
                                + " value\",\"reason\":\"Invalid\",\"status\":\"Failure\"}");
    }

    // Nulls

    @Test
    void aNullInAListIsWhatKubernetesReadsThere() {
        ObjectNode live = live(Kinds.POD, pod());
        ObjectNode sent = live.deepCopy();
        Json.child(sent, "status").putArray("conditions").addNull();
        ObjectNode changed = stored(update(Kinds.POD, "status", live, sent));
        assertThat(changed.at("/status/conditions").toString()).isEqualTo("[{}]");
        ObjectNode map = configMap("c");
        Json.child(map, "metadata").putArray("finalizers").addNull();
        assertThat(rejected(Registry.create(Kinds.CONFIG_MAP, "ns", map, FieldValidation.STRICT, GIVEN))
                        .message())
                .contains("metadata.finalizers");
    }
}
