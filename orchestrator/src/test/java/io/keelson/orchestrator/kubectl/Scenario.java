package io.keelson.orchestrator.kubectl;

import io.keelson.orchestrator.kubectl.Step.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands that are run one after another in a namespace of their own, and what each prints: a file that reads like a terminal. Below a
 * command stands its output, below that {@code [exit N]} if it fails; output that single versions word in another way follows under a line
 * such as {@code [1.27 1.28]}. In commands and output {@code {ns}} is the namespace. What differs from run to run is blurred ({@link
 * Blur}).
 *
 * @param name of the file, without its ending
 */
record Scenario(String name, List<Step> steps) {

    /** All there are. */
    static final List<String> NAMES = List.of(
            "get",
            "describe",
            "create",
            "apply",
            "fields",
            "change",
            "set",
            "rollout",
            "pods",
            "delete",
            "discovery",
            "auth",
            "custom",
            "nodes",
            "local",
            "errors");

    private static final Pattern VERSIONS = Pattern.compile("\\[(1\\.\\d\\d(?: 1\\.\\d\\d)*)]");
    private static final Pattern EXIT = Pattern.compile("\\[exit (\\d+)]");

    static Scenario named(String name) {
        try (InputStream in = Scenario.class.getResourceAsStream(name + ".txt")) {
            if (in == null) {
                throw new IllegalArgumentException("there is no scenario " + name);
            }
            return new Scenario(name, parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Step> parse(String text) {
        List<Step> steps = new ArrayList<>();
        List<String> before = new ArrayList<>();
        List<String> lines = text.lines().toList();
        int at = 0;
        while (at < lines.size()) {
            String line = lines.get(at);
            if (!isCommand(line)) {
                before.add(line);
                at++;
                continue;
            }
            int end = at + 1;
            while (end < lines.size() && !isCommand(lines.get(end))) {
                end++;
            }
            int next = end;
            while (next > at + 1
                    && (lines.get(next - 1).startsWith("# ")
                            || lines.get(next - 1).isEmpty())) {
                next--;
            }
            steps.add(step(List.copyOf(before), line, lines.subList(at + 1, next)));
            before = new ArrayList<>(lines.subList(next, end));
            at = end;
        }
        return List.copyOf(steps);
    }

    private static boolean isCommand(String line) {
        return line.startsWith("$ ") || line.startsWith(Step.AWAITED);
    }

    private static Step step(List<String> before, String line, List<String> lines) {
        if (line.startsWith("$ file ")) {
            return new Step(before, line, String.join("\n", lines) + "\n", new Answer(0, ""), new TreeMap<>());
        }
        Map<String, Answer> others = new TreeMap<>();
        List<String> versions = List.of();
        Answer general = new Answer(0, "");
        List<String> block = new ArrayList<>();
        for (int i = 0; i <= lines.size(); i++) {
            Matcher matcher = VERSIONS.matcher(i < lines.size() ? lines.get(i) : "");
            if (i == lines.size() || matcher.matches()) {
                Answer answer = answer(block);
                if (versions.isEmpty()) {
                    general = answer;
                } else {
                    versions.forEach(version -> others.put(version, answer));
                }
                versions =
                        i == lines.size() ? List.of() : List.of(matcher.group(1).split(" ", -1));
                block = new ArrayList<>();
            } else {
                block.add(lines.get(i));
            }
        }
        return new Step(before, line, "", general, others);
    }

    private static Answer answer(List<String> block) {
        int code = 0;
        List<String> text = new ArrayList<>(block);
        Matcher exit = EXIT.matcher(block.isEmpty() ? "" : block.getLast());
        if (exit.matches()) {
            code = Integer.parseInt(exit.group(1));
            text.removeLast();
        }
        return new Answer(code, String.join("\n", text).strip());
    }
}
