package io.keelson.orchestrator.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What holds of every patch, of documents by chance. The seed is the number of the repetition. */
class PatchLawsTest {

    private static final List<String> NAMES = List.of("a", "b", "c/d", "e~f");

    private static JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 3 : 6)) {
            case 0 -> Json.parseAny(Integer.toString(random.nextInt(3)).getBytes(StandardCharsets.UTF_8));
            case 1 -> Json.parseAny(("\"" + NAMES.get(random.nextInt(2)) + "\"").getBytes(StandardCharsets.UTF_8));
            case 2 -> Json.parseAny(Boolean.toString(random.nextBoolean()).getBytes(StandardCharsets.UTF_8));
            case 3 -> list(random, depth);
            default -> object(random, depth + 1);
        };
    }

    private static ArrayNode list(Random random, int depth) {
        ArrayNode list = Json.array();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(value(random, depth + 1));
        }
        return list;
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = Json.object();
        for (String name : NAMES) {
            if (random.nextBoolean()) {
                object.set(name, value(random, depth));
            }
        }
        return object;
    }

    // JSON patch

    private static String step(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }

    private static ObjectNode operation(String op, String path) {
        return Json.object().put("op", op).put("path", path);
    }

    /** Draws operations that fit, notes how to take each back, and does to the document by hand what each says. */
    private static final class Script {

        private final Random random;
        private final ObjectNode document;
        private final ArrayNode operations = Json.array();
        private final List<ObjectNode> back = new ArrayList<>();

        Script(Random random, ObjectNode document) {
            this.random = random;
            this.document = document;
        }

        void step() {
            JsonNode place = document;
            String path = "";
            while (random.nextInt(3) > 0 && !place.isEmpty()) {
                if (place instanceof ObjectNode object) {
                    String name = new ArrayList<>(object.propertyNames()).get(random.nextInt(object.size()));
                    if (!object.get(name).isContainer()) {
                        break;
                    }
                    path += PatchLawsTest.step(name);
                    place = object.get(name);
                } else {
                    int index = random.nextInt(place.size());
                    if (!place.get(index).isContainer()) {
                        break;
                    }
                    path += "/" + index;
                    place = place.get(index);
                }
            }
            if (place instanceof ObjectNode object) {
                change(object, path);
            } else if (place instanceof ArrayNode list) {
                change(list, path);
            }
        }

        private void change(ObjectNode object, String path) {
            String name = NAMES.get(random.nextInt(NAMES.size()));
            String at = path + PatchLawsTest.step(name);
            JsonNode old = object.get(name);
            if (old == null) {
                JsonNode value = value(random, 2);
                operations.add(operation("add", at).set("value", value));
                back.add(operation("remove", at));
                object.set(name, value.deepCopy());
            } else if (random.nextInt(3) == 0) {
                operations.add(operation("test", at).set("value", old.deepCopy()));
                operations.add(operation("remove", at));
                back.add(operation("add", at).set("value", old.deepCopy()));
                object.remove(name);
            } else {
                JsonNode value = value(random, 2);
                operations.add(
                        operation(random.nextBoolean() ? "replace" : "add", at).set("value", value));
                back.add(operation("replace", at).set("value", old.deepCopy()));
                object.set(name, value.deepCopy());
            }
        }

        private void change(ArrayNode list, String path) {
            int index = random.nextInt(list.size() + 1);
            if (index == list.size() || random.nextInt(3) == 0) {
                JsonNode value = value(random, 2);
                boolean last = index == list.size() && random.nextBoolean();
                operations.add(
                        operation("add", path + (last ? "/-" : "/" + index)).set("value", value));
                back.add(operation("remove", path + "/" + index));
                list.insert(index, value.deepCopy());
            } else if (random.nextBoolean()) {
                int to = random.nextInt(list.size());
                operations.add(operation("move", path + "/" + to).put("from", path + "/" + index));
                back.add(operation("move", path + "/" + index).put("from", path + "/" + to));
                list.insert(to, list.remove(index));
            } else {
                operations.add(operation("copy", path + "/" + index).put("from", path + "/" + index));
                back.add(operation("remove", path + "/" + index));
                list.insert(index, list.get(index).deepCopy());
            }
        }
    }

    @RepeatedTest(300)
    void operationsDoWhatAHandDoesAndCanBeTakenBack(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        ObjectNode before = object(random, 0);
        Script script = new Script(random, before.deepCopy());
        for (int i = random.nextInt(8); i >= 0; i--) {
            script.step();
        }
        ObjectNode untouched = before.deepCopy();
        JsonNode after = Patches.json(before, script.operations);
        assertThat(before).as("the input stays").isEqualTo(untouched);
        assertThat(after).isEqualTo(script.document);
        ArrayNode back = Json.array();
        Collections.reverse(script.back);
        script.back.forEach(back::add);
        assertThat(Patches.json(after, back)).isEqualTo(before);
    }

    @RepeatedTest(200)
    void aTestHoldsForWhatIsEqualAndNothingElse(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        ObjectNode document = object(random, 0);
        ObjectNode other = random.nextInt(4) == 0 ? document.deepCopy() : object(random, 0);
        ArrayNode test = Json.array();
        test.add(operation("test", "").set("value", other));
        if (document.equals(other)) {
            assertThat(Patches.json(document, test)).isEqualTo(document);
        } else {
            assertThatThrownBy(() -> Patches.json(document, test)).isInstanceOf(PatchException.class);
        }
    }

    // Merge patch

    /** The least that turns one object into the other. */
    private static ObjectNode difference(ObjectNode from, ObjectNode to) {
        ObjectNode patch = Json.object();
        for (String name : from.propertyNames()) {
            if (!to.has(name)) {
                patch.putNull(name);
            }
        }
        to.properties().forEach(field -> {
            JsonNode old = from.get(field.getKey());
            if (old instanceof ObjectNode before && field.getValue() instanceof ObjectNode after) {
                if (!before.equals(after)) {
                    patch.set(field.getKey(), difference(before, after));
                }
            } else if (!field.getValue().equals(old)) {
                patch.set(field.getKey(), field.getValue().deepCopy());
            }
        });
        return patch;
    }

    @RepeatedTest(300)
    void aMergePatchTurnsOneIntoTheOtherAndTwiceIsOnce(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        ObjectNode from = object(random, 0);
        ObjectNode to = object(random, 0);
        ObjectNode patch = difference(from, to);
        ObjectNode fromBefore = from.deepCopy();
        ObjectNode patchBefore = patch.deepCopy();
        JsonNode merged = Patches.merge(from, patch);
        assertThat(merged).isEqualTo(to);
        assertThat(from).isEqualTo(fromBefore);
        assertThat(patch).isEqualTo(patchBefore);
        assertThat(Patches.merge(merged, patch)).isEqualTo(merged);
        assertThat(Patches.merge(from, Json.object())).isEqualTo(from);
        assertThat(Patches.merge(Json.object(), from)).isEqualTo(from);
    }

    // Strategic merge

    /** A pod as it is naively: labels, finalizers, and containers by name, each with an image and variables by name. */
    private record Naive(
            Map<String, String> labels, List<String> finalizers, Map<String, Map<String, String>> containers) {

        static Naive draw(Random random) {
            Naive naive = new Naive(new LinkedHashMap<>(), new ArrayList<>(), new LinkedHashMap<>());
            List<String> names = new ArrayList<>(List.of("a", "b", "c", "d"));
            Collections.shuffle(names, random);
            for (String name : names) {
                if (random.nextBoolean()) {
                    naive.labels.put(name, "v" + random.nextInt(2));
                }
                if (random.nextBoolean()) {
                    naive.finalizers.add(name);
                }
                if (random.nextBoolean()) {
                    Map<String, String> env = new LinkedHashMap<>();
                    for (String variable : List.of("X", "Y", "Z")) {
                        if (random.nextBoolean()) {
                            env.put(variable, "v" + random.nextInt(2));
                        }
                    }
                    naive.containers.put(name, env);
                }
            }
            return naive;
        }

        ObjectNode object() {
            ObjectNode pod = Json.object();
            labels.forEach(Json.child(Json.child(pod, "metadata"), "labels")::put);
            ArrayNode held = Json.child(pod, "metadata").putArray("finalizers");
            finalizers.forEach(held::add);
            ArrayNode list = Json.child(pod, "spec").putArray("containers");
            containers.forEach((name, env) -> {
                ArrayNode variables =
                        list.addObject().put("name", name).put("image", "i").putArray("env");
                env.forEach((variable, text) ->
                        variables.addObject().put("name", variable).put("value", text));
            });
            return pod;
        }

        /** The patch that turns this into another, written from the rules of each directive. */
        ObjectNode patchTo(Naive other) {
            ObjectNode patch = Json.object();
            ObjectNode metadata = Json.child(patch, "metadata");
            ObjectNode changed = Json.child(metadata, "labels");
            labels.keySet().stream()
                    .filter(name -> !other.labels.containsKey(name))
                    .forEach(changed::putNull);
            other.labels.forEach(changed::put);
            ArrayNode gone = metadata.putArray("$deleteFromPrimitiveList/finalizers");
            finalizers.stream().filter(name -> !other.finalizers.contains(name)).forEach(gone::add);
            ArrayNode added = metadata.putArray("finalizers");
            other.finalizers.stream().filter(name -> !finalizers.contains(name)).forEach(added::add);
            ArrayNode order = metadata.putArray("$setElementOrder/finalizers");
            other.finalizers.forEach(order::add);
            ObjectNode spec = Json.child(patch, "spec");
            ArrayNode list = spec.putArray("containers");
            containers.keySet().stream()
                    .filter(name -> !other.containers.containsKey(name))
                    .forEach(name -> list.addObject().put("name", name).put("$patch", "delete"));
            other.containers.forEach((name, env) -> {
                ObjectNode item = list.addObject().put("name", name).put("image", "i");
                ArrayNode variables = item.putArray("env");
                containers.getOrDefault(name, Map.of()).keySet().stream()
                        .filter(variable -> !env.containsKey(variable))
                        .forEach(variable ->
                                variables.addObject().put("name", variable).put("$patch", "delete"));
                env.forEach((variable, text) ->
                        variables.addObject().put("name", variable).put("value", text));
                ArrayNode names = item.putArray("$setElementOrder/env");
                env.keySet().forEach(variable -> names.addObject().put("name", variable));
            });
            ArrayNode names = spec.putArray("$setElementOrder/containers");
            other.containers.keySet().forEach(name -> names.addObject().put("name", name));
            return patch;
        }
    }

    @RepeatedTest(400)
    void aStrategicPatchTurnsOneNaivePodIntoAnother(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Naive from = Naive.draw(random);
        Naive to = Naive.draw(random);
        ObjectNode patch = from.patchTo(to);
        ObjectNode target = from.object();
        ObjectNode merged = Patches.strategic(Kinds.POD, target, patch);
        assertThat(merged).as("%s by %s", from, patch).isEqualTo(to.object());
        assertThat(target).isEqualTo(from.object());
        assertThat(patch).isEqualTo(from.patchTo(to));
        assertThat(Patches.strategic(Kinds.POD, merged, patch)).as("twice").isEqualTo(merged);
    }

    @RepeatedTest(100)
    void replaceAndRetainKeysLeaveOnlyWhatThePatchSays(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        Naive from = Naive.draw(random);
        Naive to = Naive.draw(random);
        ObjectNode patch = to.object();
        Json.child(patch, "metadata").put("$patch", "replace");
        ((ArrayNode) Json.child(patch, "spec").get("containers")).addObject().put("$patch", "replace");
        assertThat(Patches.strategic(Kinds.POD, from.object(), patch)).isEqualTo(to.object());
        ObjectNode deployment = Json.object();
        Json.child(Json.child(deployment, "spec"), "strategy")
                .put("type", "RollingUpdate")
                .putObject("rollingUpdate");
        ObjectNode recreate = Json.object();
        Json.child(Json.child(recreate, "spec"), "strategy")
                .put("type", "Recreate")
                .putArray("$retainKeys")
                .add("type");
        assertThat(Patches.strategic(Kinds.DEPLOYMENT, deployment, recreate).toString())
                .isEqualTo("{\"spec\":{\"strategy\":{\"type\":\"Recreate\"}}}");
    }

    @Test
    void aPatchOfAVeryLongListEnds() {
        ObjectNode pod = Json.object();
        ObjectNode patch = Json.object();
        ArrayNode live = Json.child(pod, "metadata").putArray("finalizers");
        ArrayNode added = Json.child(patch, "metadata").putArray("finalizers");
        ArrayNode gone = Json.child(patch, "metadata").putArray("$deleteFromPrimitiveList/finalizers");
        ArrayNode order = Json.child(patch, "metadata").putArray("$setElementOrder/finalizers");
        for (int i = 0; i < 60_000; i++) {
            live.add("l" + i);
            added.add("a" + i);
            gone.add("l" + 2 * i);
            order.add("a" + (59_999 - i));
        }
        JsonNode merged =
                assertTimeoutPreemptively(Duration.ofSeconds(60), () -> Patches.strategic(Kinds.POD, pod, patch));
        assertThat(merged.path("metadata").path("finalizers").size()).isEqualTo(90_000);
    }
}
