package io.keelson.orchestrator.kubectl;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One command of a scenario, and what it prints. A command is in one of three forms:
 *
 * <ul>
 *   <li>{@code $ get pods}: run once;
 *   <li>{@code $~ get pods}: run until it prints what is expected, for what controllers do in their own time;
 *   <li>{@code $ file NAME}: writes what follows into a file of the scenario.
 * </ul>
 *
 * @param before comments and empty lines above the command
 * @param line   the command, with its mark
 * @param body   the content of a file; empty for the other forms
 * @param answer what every version prints that is not among the others
 * @param others what single versions print, where the wording is known to differ
 */
record Step(List<String> before, String line, String body, Answer answer, Map<String, Answer> others) {

    private static final Pattern WORD = Pattern.compile("\\G\\s*((?:[^\\s'\"]|'[^']*'|\"[^\"]*\")+)");
    private static final Pattern VARIABLE = Pattern.compile("[A-Z_]+=.*", Pattern.DOTALL);
    private static final String FILE = "$ file ";
    static final String AWAITED = "$~ ";

    /** The output, blurred, and how the process ended. */
    record Answer(int code, String text) {

        /** As it stands in a file. */
        String shown() {
            String lines = text.isEmpty() ? "" : text + "\n";
            return code == 0 ? lines : lines + "[exit " + code + "]\n";
        }
    }

    Answer expected(String version) {
        return others.getOrDefault(version, answer);
    }

    boolean isFile() {
        return line.startsWith(FILE);
    }

    String file() {
        return line.substring(FILE.length()).strip();
    }

    boolean isAwaited() {
        return line.startsWith(AWAITED);
    }

    /** The words of the command, as a shell would split them. */
    List<String> words(String namespace) {
        Matcher matcher = WORD.matcher(line.replace("{ns}", namespace).substring(line.indexOf(' ')));
        return matcher.results().map(found -> unquoted(found.group(1))).toList();
    }

    private static String unquoted(String word) {
        return word.replaceAll("'([^']*)'|\"([^\"]*)\"", "$1$2");
    }

    /** Whether a word before the verb is a variable of the environment. */
    static boolean isVariable(String word) {
        return VARIABLE.matcher(word).matches();
    }
}
