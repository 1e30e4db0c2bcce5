package io.keelson.orchestrator.kubectl;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kubectl.Step.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every verb of kubectl by its versions, and what it prints. Each scenario is played by the oldest and the newest version, and by one of
 * those between them, another one each day.
 *
 * <p>{@code -Dkeelson.kubectl.versions=all} (or {@code 1.29,1.30}) plays all of them by all (or by those); {@code
 * -Dkeelson.kubectl.scenarios=get,apply} only some. {@code -Dkeelson.kubectl.record=FOLDER}, the folder of the scenarios in the sources,
 * writes down what came out in place of comparing it: the difference is then to be read, and judged by Kubernetes' documentation.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KubectlMatrixTest {

    private static final List<String> VERSIONS = List.of("1.27", "1.28", "1.29", "1.30", "1.31", "1.32", "1.33");

    private KubectlServer server;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = new KubectlServer(directory);
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static List<String> scenarios() {
        String wanted = System.getProperty("keelson.kubectl.scenarios", "");
        return wanted.isEmpty() ? Scenario.NAMES : List.of(wanted.split(",", -1));
    }

    private static List<String> versions() {
        String wanted = System.getProperty("keelson.kubectl.versions", "");
        if (wanted.isEmpty()) {
            return List.of(VERSIONS.getFirst(), VERSIONS.getLast());
        }
        return wanted.equals("all") ? VERSIONS : List.of(wanted.split(",", -1));
    }

    @TestFactory
    Stream<DynamicContainer> kubectlPrintsWhatKubernetesDocuments() {
        return scenarios().stream()
                .map(name -> DynamicContainer.dynamicContainer(
                        name,
                        System.getProperty("keelson.kubectl.record") == null
                                ? versions().stream()
                                        .map(version -> DynamicTest.dynamicTest(
                                                name + " by " + version, () -> check(Scenario.named(name), version)))
                                : Stream.of(DynamicTest.dynamicTest(name, () -> record(Scenario.named(name))))));
    }

    private void check(Scenario scenario, String version) throws IOException, InterruptedException {
        Terminal terminal = Terminal.open(server, version, scenario.name());
        List<Answer> answers = terminal.play(scenario);
        List<String> differences = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Step step = scenario.steps().get(i);
            Difference.of(step, step.expected(version), answers.get(i)).ifPresent(differences::add);
        }
        assertThat(String.join("\n", differences))
                .withFailMessage(() -> "%d of %d steps of %s print something else by %s%n%s"
                        .formatted(
                                differences.size(),
                                answers.size(),
                                scenario.name(),
                                version,
                                String.join("\n", differences)))
                .isEmpty();
    }

    private void record(Scenario scenario) throws IOException, InterruptedException {
        List<List<Answer>> answers = new ArrayList<>();
        List<String> versions = versions();
        for (String version : versions) {
            answers.add(Terminal.openToRecord(server, version, scenario.name()).play(scenario));
        }
        Recording.write(scenario, versions, answers, Path.of(System.getProperty("keelson.kubectl.record", "")));
    }
}
