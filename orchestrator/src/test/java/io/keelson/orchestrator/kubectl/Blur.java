package io.keelson.orchestrator.kubectl;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Takes out of an output what differs from run to run: ages, times, uids, revisions, addresses, random names, and how wide columns are. */
final class Blur {

    private record Rule(Pattern pattern, String replacement) {}

    private static Rule rule(String pattern, String replacement) {
        return new Rule(Pattern.compile(pattern, Pattern.MULTILINE), replacement);
    }

    private static final String RANDOM = "[bcdfghjklmnpqrstvwxz2456789]";

    private static final List<Rule> RULES = List.of(
            rule("\\u001b\\[[0-9;]*m", ""),
            rule("(Client Version: version\\.Info)\\{[^}]*}", "$1{...}"),
            rule("Kustomize Version: v[0-9.]+", "Kustomize Version: vN"),
            rule("X509SHA256=[0-9a-f]{64}", "X509SHA256=HASH"),
            rule("(Resource Version: +)\\d+", "$1RV"),
            rule("https://127\\.0\\.0\\.1:\\d+", "https://SERVER"),
            rule("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
            rule("(resourceVersion\"?: )\"\\d+\"", "$1\"RV\""),
            rule("(resourceVersion\\\\\":\\\\\")\\d+", "$1RV"),
            rule("20\\d\\d-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?( ?[-+]\\d{4}|Z)?( [A-Z]{3})?", "TIME"),
            rule("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} 20\\d\\d \\d\\d:\\d\\d:\\d\\d [-+]\\d{4}", "TIME"),
            rule("eyJ[-_A-Za-z0-9]+\\.[-_A-Za-z0-9]+\\.[-_A-Za-z0-9]+", "TOKEN"),
            rule("(?<![=\\w.-])(?:(?:\\d{1,2}|1[01]\\d)s|\\dm(?:\\d+s)?|(?:\\d+y)?\\d+d|\\d+y)(?=\\s|$|[),])", "AGE"),
            rule("^[WIE]\\d{4} \\d\\d:\\d\\d:\\d\\d\\.\\d+ +\\d+ ([a-z]+\\.go):\\d+]", "LOG $1]"),
            rule("(LIVE|MERGED|edit)-\\d+", "$1-N"),
            rule("/tmp/[^ ]*?(LIVE|MERGED|kubectl)", "TMP/$1"),
            rule("-" + RANDOM + "{5}(?=[\\s\"/,:]|$)", "-RANDOM"),
            rule("\\b10\\.96\\.\\d+\\.\\d+", "10.96.x.x"),
            rule(":3[0-2]\\d{3}/", ":NODEPORT/"),
            rule("\\b3[0-2]\\d{3}/TCP", "NODEPORT/TCP"),
            rule("(nodePort\"?: )3[0-2]\\d{3}", "$1NODEPORT"),
            rule("\\bkubectl\\.1\\.\\d\\d\\b", "kubectl.VERSION"),
            rule("v1\\.(2[7-9]|3[0-3])\\.\\d+(-[-\\w]+)?", "vCLIENT"),
            rule("(?<=\\S) {2,}", "   "),
            rule("[ \\t]+$", ""));

    private Blur() {}

    /** The output of a kubectl that worked in a namespace and a directory, with names in place of both. */
    static String of(String text, String namespace, String directory) {
        String blurred = text.replace(directory, "DIR").replace(namespace, "{ns}");
        for (Rule rule : RULES) {
            Matcher matcher = rule.pattern().matcher(blurred);
            blurred = matcher.replaceAll(rule.replacement());
        }
        return blurred.strip();
    }
}
