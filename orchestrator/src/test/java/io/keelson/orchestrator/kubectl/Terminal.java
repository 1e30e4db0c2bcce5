package io.keelson.orchestrator.kubectl;

import io.keelson.orchestrator.kubectl.Step.Answer;
import io.keelson.orchestrator.testing.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** A scenario on its way, by one version of kubectl in a namespace and a directory of its own. */
final class Terminal {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SETTLED = Duration.ofSeconds(2);

    private final String version;
    private final Kubectl kubectl;
    private final Duration patience;

    private Terminal(String version, Kubectl kubectl, Duration patience) {
        this.version = version;
        this.kubectl = kubectl;
        this.patience = patience;
    }

    /** One that waits for what is expected. */
    static Terminal open(KubectlServer server, String version, String scenario)
            throws IOException, InterruptedException {
        return new Terminal(version, server.kubectl(version, scenario), PATIENCE);
    }

    /** One that is to tell what comes out, and so cannot wait for it: after a short while all is taken to have settled. */
    static Terminal openToRecord(KubectlServer server, String version, String scenario)
            throws IOException, InterruptedException {
        return new Terminal(version, server.kubectl(version, scenario), SETTLED);
    }

    /** What every step printed. */
    List<Answer> play(Scenario scenario) throws IOException, InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (Step step : scenario.steps()) {
            answers.add(play(step));
        }
        return answers;
    }

    private Answer play(Step step) throws IOException, InterruptedException {
        if (step.isFile()) {
            Path file = kubectl.folder().resolve(step.file());
            Files.createDirectories(file.getParent());
            Files.writeString(file, step.body().replace("{ns}", kubectl.namespace()));
            return step.answer();
        }
        long deadline = System.nanoTime() + patience.toNanos();
        Answer answer = run(step);
        while (step.isAwaited() && !answer.equals(step.expected(version)) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            answer = run(step);
        }
        return answer;
    }

    private Answer run(Step step) throws IOException, InterruptedException {
        Map<String, String> environment = new HashMap<>();
        List<String> arguments = new ArrayList<>();
        for (String word : step.words(kubectl.namespace())) {
            if (arguments.isEmpty() && Step.isVariable(word)) {
                environment.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
            } else {
                arguments.add(word);
            }
        }
        Kubectl.Output output = kubectl.run(environment, arguments);
        return new Answer(
                output.code(),
                Blur.of(output.text(), kubectl.namespace(), kubectl.folder().toString()));
    }
}
