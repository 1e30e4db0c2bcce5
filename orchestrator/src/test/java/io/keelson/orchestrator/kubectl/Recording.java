package io.keelson.orchestrator.kubectl;

import io.keelson.orchestrator.kubectl.Step.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a scenario anew with what came out: the output of the newest version, and below it that of those which print something else. */
final class Recording {

    private Recording() {}

    /** @param answers of each version, in their order, to each step */
    static void write(Scenario scenario, List<String> versions, List<List<Answer>> answers, Path folder)
            throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < scenario.steps().size(); i++) {
            Step step = scenario.steps().get(i);
            step.before().forEach(line -> text.append(line).append('\n'));
            if (step.before().isEmpty() && i > 0) {
                text.append('\n');
            }
            text.append(step.line()).append('\n');
            if (step.isFile()) {
                text.append(step.body());
                continue;
            }
            Answer newest = answers.getLast().get(i);
            text.append(newest.shown());
            Map<Answer, String> others = new LinkedHashMap<>();
            for (int v = 0; v < versions.size(); v++) {
                Answer answer = answers.get(v).get(i);
                if (!answer.equals(newest)) {
                    others.merge(answer, versions.get(v), (a, b) -> a + " " + b);
                }
            }
            others.forEach(
                    (answer, of) -> text.append('[').append(of).append("]\n").append(answer.shown()));
        }
        Files.writeString(folder.resolve(scenario.name() + ".txt"), text.toString());
    }
}
