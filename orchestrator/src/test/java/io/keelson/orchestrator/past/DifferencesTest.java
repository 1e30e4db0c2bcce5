package io.keelson.orchestrator.past;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DifferencesTest {

    private static List<String> between(String before, String after) {
        return Differences.between(Json.parse(before), Json.parse(after)).stream()
                .map(one -> one.path() + " " + one.before() + ">" + one.after())
                .toList();
    }

    @Test
    void fieldsThatDifferAreNamedByTheirPaths() {
        assertThat(between("{\"spec\":{\"a\":1,\"b\":{\"c\":\"x\"}}}", "{\"spec\":{\"a\":2,\"b\":{\"d\":true}}}"))
                .containsExactly("spec.a 1>2", "spec.b.c \"x\">", "spec.b.d >true");
        assertThat(between(
                        "{\"metadata\":{\"labels\":{\"x.io/y\":\"1\"}}}",
                        "{\"metadata\":{\"labels\":{\"x.io/y\":\"2\"}}}"))
                .containsExactly("metadata.labels[\"x.io/y\"] \"1\">\"2\"");
    }

    @Test
    void itemsOfListsAreKnownByTheirKeys() {
        assertThat(between(
                        "{\"c\":[{\"name\":\"a\",\"image\":\"1\"},{\"name\":\"b\",\"image\":\"1\"}]}",
                        "{\"c\":[{\"name\":\"b\",\"image\":\"2\"},{\"name\":\"n\",\"image\":\"1\"}]}"))
                .containsExactly(
                        "c[name=a] {\"name\":\"a\",\"image\":\"1\"}>",
                        "c[name=b].image \"1\">\"2\"",
                        "c[name=n] >{\"name\":\"n\",\"image\":\"1\"}");
        assertThat(between("{\"args\":[\"a\",\"b\"]}", "{\"args\":[\"a\",\"c\",\"d\"]}"))
                .containsExactly("args[1] \"b\">\"c\"", "args[2] >\"d\"");
        assertThat(between(
                        "{\"c\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", "{\"c\":[{\"name\":\"b\"},{\"name\":\"a\"}]}"))
                .containsExactly("c [{\"name\":\"a\"},{\"name\":\"b\"}]>[{\"name\":\"b\"},{\"name\":\"a\"}]");
    }

    @Test
    void whatEveryWriteChangesIsNoDifference() {
        assertThat(between(
                        "{\"metadata\":{\"resourceVersion\":\"1\",\"generation\":1,\"managedFields\":[]}}",
                        "{\"metadata\":{\"resourceVersion\":\"2\",\"generation\":2,\"annotations\":"
                                + "{\"kubectl.kubernetes.io/last-applied-configuration\":\"{}\"}}}"))
                .isEmpty();
    }

    // The way back

    private static Optional<ObjectNode> state(String json) {
        return Optional.of(Json.parse(json));
    }

    @Test
    void anUndoSkipsChangesOfStatus() {
        List<Optional<ObjectNode>> states = List.of(
                state("{\"spec\":{\"a\":1}}"),
                state("{\"spec\":{\"a\":2}}"),
                state("{\"spec\":{\"a\":2},\"status\":{\"ready\":1}}"),
                state("{\"spec\":{\"a\":2},\"status\":{\"ready\":2},\"metadata\":{\"annotations\":"
                        + "{\"deployment.kubernetes.io/revision\":\"2\"}}}"));
        assertThat(Restoring.previous(states)).contains(0);
        assertThat(Restoring.previous(states.subList(1, 4))).isEmpty();
        assertThat(Restoring.previous(List.of())).isEmpty();
    }

    @Test
    void anObjectThatIsGoneGoesBackToBeforeItsEndBegan() {
        List<Optional<ObjectNode>> states = List.of(
                state("{\"spec\":{\"a\":1}}"),
                state("{\"spec\":{\"a\":1},\"metadata\":{\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"}}"),
                Optional.empty());
        assertThat(Restoring.previous(states)).contains(0);
    }

    @Test
    void statusAndWhatTheSystemKeepsStayAsTheyAre() {
        ObjectNode live = Json.parse(
                "{\"metadata\":{\"name\":\"w\",\"uid\":\"u\",\"resourceVersion\":\"9\",\"labels\":{\"new\":\"1\"},"
                        + "\"annotations\":{\"deployment.kubernetes.io/revision\":\"3\",\"mine\":\"2\"}},"
                        + "\"spec\":{\"replicas\":5},\"status\":{\"replicas\":5}}");
        ObjectNode past = Json.parse(
                "{\"metadata\":{\"name\":\"w\",\"uid\":\"u\",\"resourceVersion\":\"4\",\"labels\":{\"old\":\"1\"},"
                        + "\"annotations\":{\"deployment.kubernetes.io/revision\":\"1\",\"mine\":\"1\"}},"
                        + "\"spec\":{\"replicas\":2},\"status\":{\"replicas\":2}}");
        ObjectNode back = Restoring.over(live, past);
        assertThat(back.path("metadata").path("resourceVersion").asString("")).isEqualTo("9");
        assertThat(Json.strings(back, "metadata", "labels")).containsOnlyKeys("old");
        assertThat(Json.strings(back, "metadata", "annotations"))
                .containsEntry("mine", "1")
                .containsEntry("deployment.kubernetes.io/revision", "3");
        assertThat(back.path("spec").path("replicas").asInt(0)).isEqualTo(2);
        assertThat(back.path("status").path("replicas").asInt(0)).isEqualTo(5);
    }

    @Test
    void aNewIncarnationIsFreeOfTheOld() {
        ObjectNode pod =
                Json.parse("{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"uid\":\"u\",\"resourceVersion\":\"4\","
                        + "\"deletionTimestamp\":\"2026-01-01T00:00:00Z\",\"labels\":{\"a\":\"b\"}},"
                        + "\"spec\":{\"nodeName\":\"n1\",\"containers\":[]},\"status\":{}}");
        assertThat(Json.text(Restoring.anew(Kinds.POD, pod)))
                .isEqualTo(
                        "{\"metadata\":{\"labels\":{\"a\":\"b\"},\"name\":\"p\",\"namespace\":\"d\"},\"spec\":{\"containers\":[]}}");
    }

    @Test
    void theWriterIsTheNewestEntryThatWasNotThere() {
        ObjectNode before = Json.parse(
                "{\"metadata\":{\"managedFields\":[{\"manager\":\"a\",\"time\":\"2026-01-01T00:00:09Z\"}]}}");
        ObjectNode after =
                Json.parse("{\"metadata\":{\"managedFields\":[{\"manager\":\"a\",\"time\":\"2026-01-01T00:00:09Z\"},"
                        + "{\"manager\":\"b\",\"time\":\"2026-01-01T00:00:05Z\"}]}}");
        assertThat(Writer.of(Optional.of(before), after)).contains(new Writer("b", "2026-01-01T00:00:05Z"));
        assertThat(Writer.of(Optional.of(after), after)).isEmpty();
        assertThat(Writer.of(Optional.empty(), after).map(Writer::manager)).contains("a");
    }
}
