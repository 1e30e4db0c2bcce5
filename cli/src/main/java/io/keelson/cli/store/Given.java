package io.keelson.cli.store;

import io.keelson.cli.print.Nearest;
import io.keelson.cli.print.Trouble;
import io.keelson.cli.store.Flag.Meaning;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What an operator has given, by flag, wherever it stands.
 *
 * @param values by name of the flag
 * @param remarks lines for the log: what was given and has no effect
 */
public record Given(Map<String, Value> values, List<String> remarks) {

    /**
     * A value as it was written.
     *
     * @param text the value
     * @param source where it stands, for who has to correct it: {@code --name}, {@code ETCD_NAME}, {@code name in FILE}
     */
    public record Value(String text, String source) {}

    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");

    /** Reads the words of a command line, as Go does: one dash or two, {@code --flag=value} or {@code --flag value}. */
    static Map<String, Value> words(List<String> words) {
        var given = new LinkedHashMap<String, Value>();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            var dashes = word.startsWith("--") ? 2 : word.startsWith("-") ? 1 : 0;
            if (dashes == 0 || word.length() == dashes)
                throw Trouble.usage("\"" + word + "\" is not a flag", "\"keelson store --help\" lists the flags.");
            int equals = word.indexOf('=');
            var name = word.substring(dashes, equals < 0 ? word.length() : equals);
            var flag = Flags.named(name).orElseThrow(() -> unknown("--" + name));
            if (equals >= 0) {
                given.put(name, new Value(word.substring(equals + 1), flag.dashed()));
            } else if (flag.kind() == Flag.Kind.BOOLEAN) {
                given.put(name, new Value("true", flag.dashed()));
            } else if (i + 1 < words.size()) {
                given.put(name, new Value(words.get(++i), flag.dashed()));
            } else {
                throw Trouble.usage(
                        flag.dashed() + " needs a value: " + flag.kind().expected());
            }
        }
        return given;
    }

    private static Trouble unknown(String typed) {
        var known = Flags.all().stream().map(Flag::dashed).toList();
        return Trouble.usage(
                "etcd has no flag " + typed,
                Nearest.to(typed, known)
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("\"keelson store --help\" lists the flags."));
    }

    /** What stands in the environment; a variable that means nothing gets a remark, as in etcd. */
    static Given environment(Map<String, String> environment) {
        var given = new LinkedHashMap<String, Value>();
        var remarks = new ArrayList<String>();
        var byVariable = new TreeMap<String, Flag>();
        Flags.all().forEach(flag -> byVariable.put(flag.variable(), flag));
        new TreeMap<>(environment).forEach((variable, text) -> {
            if (!variable.startsWith("ETCD_")) return;
            var flag = byVariable.get(variable);
            if (flag == null) remarks.add("unrecognized environment variable " + variable + "=" + text);
            else if (!text.isEmpty()) given.put(flag.name(), new Value(text, variable));
        });
        return new Given(given, remarks);
    }

    /** Both; a flag wins over a variable. */
    static Given of(List<String> words, Map<String, String> environment) {
        var flags = words(words);
        var variables = environment(environment);
        var all = new LinkedHashMap<>(variables.values);
        var remarks = new ArrayList<>(variables.remarks);
        flags.forEach((name, value) -> {
            var shadowed = all.put(name, value);
            if (shadowed != null && !shadowed.equals(value))
                remarks.add("recognized environment variable " + shadowed.source()
                        + ", but unused: shadowed by corresponding flag");
        });
        return new Given(all, remarks);
    }

    /** Whether nothing but the version is asked for. */
    public boolean wantsVersion() {
        var value = values.get("version");
        return value != null && isTrue(value.text());
    }

    /** The file to take everything from, if one is named. */
    Optional<String> configFile() {
        return Optional.ofNullable(values.get("config-file")).map(Value::text).filter(path -> !path.isEmpty());
    }

    /** What a file says, in place of everything else, as in etcd. */
    Given replacedBy(Map<String, Value> file, String path) {
        var lines = new ArrayList<>(remarks);
        values.forEach((name, value) -> {
            if (!name.equals("config-file"))
                lines.add(value.source() + " is ignored: everything is taken from --config-file " + path);
        });
        return new Given(file, lines);
    }

    /**
     * Looks at each value: that it can be read, and what it means here.
     *
     * @return with a remark for each value that has no effect
     * @throws Trouble if one cannot be read, or asks for what is not there
     */
    Given checked() {
        var lines = new ArrayList<>(remarks);
        values.forEach((name, value) -> {
            var flag = Flags.known(name);
            check(flag, value);
            switch (flag.meaning()) {
                case Meaning.Works _ -> {}
                case Meaning.Idle(String why) ->
                    lines.add(value.source() + "=" + value.text() + " has no effect: " + why);
                case Meaning.Only(Set<String> accepted, String why) -> {
                    if (!accepted.contains(canonical(flag, value.text())))
                        throw Trouble.usage(value.source() + "=" + value.text() + " cannot be had: " + why);
                    lines.add(value.source() + "=" + value.text() + " has no effect: " + why);
                }
            }
        });
        return new Given(values, List.copyOf(lines));
    }

    private static String canonical(Flag flag, String text) {
        if (flag.kind() != Flag.Kind.BOOLEAN) return text;
        return TRUE.contains(text) ? "true" : "false";
    }

    private static void check(Flag flag, Value value) {
        var text = value.text();
        boolean readable = switch (flag.kind()) {
            case TEXT, URLS -> true;
            case BOOLEAN -> TRUE.contains(text) || FALSE.contains(text);
            case COUNT -> number(text).filter(number -> number >= 0).isPresent();
            case NUMBER -> number(text).isPresent();
            case DURATION -> GoDuration.parse(text).isPresent();
        };
        if (!readable) throw unreadable(value, flag.kind().expected());
    }

    static Optional<Long> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }

    static boolean isTrue(String text) {
        return TRUE.contains(text);
    }

    static Trouble unreadable(Value value, String expected) {
        return Trouble.usage(
                "invalid value \"" + value.text() + "\" for " + value.source() + ": expected is " + expected);
    }
}
