package io.keelson.orchestrator.select;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import tools.jackson.databind.node.ObjectNode;

/** Selectors beside naive conditions, and read again from how they print. The seed is the number of the repetition. */
class SelectorLawsTest {

    private static final List<String> KEYS = List.of("a", "b.c/d", "in", "notin", "e-f_G");
    private static final List<String> VALUES = List.of("", "1", "x", "in", "5", "10");

    private record Naive(String text, Predicate<Map<String, String>> holds) {

        static Naive draw(Random random) {
            String key = KEYS.get(random.nextInt(KEYS.size()));
            String value = VALUES.get(random.nextInt(VALUES.size()));
            Set<String> some = new LinkedHashSet<>(List.of(value, VALUES.get(random.nextInt(VALUES.size())), "y")
                    .subList(0, 1 + random.nextInt(2)));
            String space = random.nextBoolean() ? " " : "";
            return switch (random.nextInt(8)) {
                case 0 -> new Naive(key + space + "=" + value, labels -> value.equals(labels.get(key)));
                case 1 -> new Naive(key + "==" + space + value, labels -> value.equals(labels.get(key)));
                case 2 -> new Naive(key + space + "!=" + value, labels -> !value.equals(labels.get(key)));
                case 3 ->
                    new Naive(
                            key + " in " + space + "(" + String.join("," + space, some) + ")",
                            labels -> labels.containsKey(key) && some.contains(labels.get(key)));
                case 4 ->
                    new Naive(
                            key + " notin (" + String.join(",", some) + space + ")",
                            labels -> !labels.containsKey(key) || !some.contains(labels.get(key)));
                case 5 -> new Naive(key, labels -> labels.containsKey(key));
                case 6 -> new Naive("!" + space + key, labels -> !labels.containsKey(key));
                default -> {
                    int bound = random.nextInt(12);
                    boolean greater = random.nextBoolean();
                    yield new Naive(
                            key + (greater ? ">" : "<") + bound,
                            labels -> labels.getOrDefault(key, "").matches("[0-9]+")
                                    && (greater
                                            ? Integer.parseInt(labels.get(key)) > bound
                                            : Integer.parseInt(labels.get(key)) < bound));
                }
            };
        }
    }

    private static Map<String, String> labels(Random random) {
        Map<String, String> labels = new TreeMap<>();
        for (String key : KEYS) {
            if (random.nextBoolean()) {
                labels.put(key, VALUES.get(random.nextInt(VALUES.size())));
            }
        }
        return labels;
    }

    @RepeatedTest(400)
    void aLabelSelectorSelectsWhatItsConditionsDoAndPrintsWhatItIs(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<Naive> conditions = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            conditions.add(Naive.draw(random));
        }
        String text = String.join(",", conditions.stream().map(Naive::text).toList());
        LabelSelector selector = LabelSelector.parse(text);
        LabelSelector again = LabelSelector.parse(selector.toString());
        assertThat(again.toString()).isEqualTo(selector.toString());
        for (int i = 0; i < 30; i++) {
            Map<String, String> labels = labels(random);
            boolean expected = conditions.stream().allMatch(each -> each.holds.test(labels));
            assertThat(selector.matches(labels)).as("%s of %s", text, labels).isEqualTo(expected);
            assertThat(again.matches(labels)).as("%s of %s", selector, labels).isEqualTo(expected);
        }
    }

    @RepeatedTest(300)
    void aFieldSelectorSelectsWhatItsTermsDoAndPrintsWhatItIs(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<String> fields = List.of("metadata.name", "metadata.namespace", "spec.nodeName", "status.phase");
        List<String> values = List.of("", "a", "b,c", "d=e", "\\", "f\\,=");
        StringBuilder text = new StringBuilder();
        List<Predicate<ObjectNode>> terms = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            String field = fields.get(random.nextInt(fields.size()));
            String value = values.get(random.nextInt(values.size()));
            String operator = List.of("=", "==", "!=").get(random.nextInt(3));
            text.append(text.isEmpty() ? "" : ",")
                    .append(field)
                    .append(operator)
                    .append(value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\="));
            terms.add(pod -> {
                String[] path = field.split("\\.", -1);
                return pod.path(path[0]).path(path[1]).asString("").equals(value) != operator.equals("!=");
            });
        }
        FieldSelector selector = FieldSelector.parse(Kinds.POD, text.toString());
        FieldSelector again = FieldSelector.parse(Kinds.POD, selector.toString());
        assertThat(again.terms()).isEqualTo(selector.terms());
        for (int i = 0; i < 30; i++) {
            ObjectNode pod = Json.object();
            for (String field : fields) {
                if (random.nextBoolean()) {
                    String[] path = field.split("\\.", -1);
                    Json.child(pod, path[0]).put(path[1], values.get(random.nextInt(values.size())));
                }
            }
            assertThat(selector.matches(pod))
                    .as("%s of %s", text, pod)
                    .isEqualTo(terms.stream().allMatch(term -> term.test(pod)));
        }
    }
}
