package io.keelson.cli.quick;

import io.keelson.cli.print.Terminal;
import java.io.File;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A command line that the quick way understands: one type, or one object of it, with the options that only choose or draw.
 *
 * @param type as somebody calls it: the server knows plurals, short names and groups
 * @param name of the one object; empty for a list
 * @param format table, wide or name
 */
record Question(String type, String name, String format, Map<String, String> options) {

    private static final String EVERYWHERE = "--all-namespaces";
    private static final String SELECTOR = "--selector";
    private static final String FIELDS = "--field-selector";

    /**
     * Reads the words after {@code keelson}.
     *
     * @throws StepAside at everything that is not plain, wrong or not
     */
    static Question of(String[] words) throws StepAside {
        Map<String, String> options = new HashMap<>();
        String[] what = {"", ""};
        int count = 0;
        for (int i = 1; i < words.length; i++) {
            String word = words[i];
            if (!word.startsWith("-")) {
                if (count == what.length || word.isEmpty()) throw new StepAside("several names");
                what[count++] = word;
                continue;
            }
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String option = longName(equals < 0 ? word : word.substring(0, equals));
            String value = "";
            if (!isFlag(option)) {
                if (equals < 0 && ++i == words.length) throw new StepAside("an option without its value");
                value = equals < 0 ? words[i] : word.substring(equals + 1);
                if (value.isEmpty() || value.startsWith("-")) throw new StepAside("an unusual value");
            } else if (equals >= 0) {
                throw new StepAside("a flag with a value");
            }
            if (options.put(option, value) != null) throw new StepAside("an option twice");
        }
        return checked(what[0], what[1], options);
    }

    private static Question checked(String first, String second, Map<String, String> options) throws StepAside {
        String type = first;
        String name = second;
        int slash = first.indexOf('/');
        if (slash >= 0) {
            if (!second.isEmpty()) throw new StepAside("several objects");
            type = first.substring(0, slash);
            name = first.substring(slash + 1);
            if (name.isEmpty()) throw new StepAside("no name");
        }
        if (type.isEmpty() || type.equals("all") || type.indexOf(',') >= 0 || name.indexOf('/') >= 0)
            throw new StepAside("not one type");
        if (!name.isEmpty()
                && (options.containsKey(EVERYWHERE) || options.containsKey(SELECTOR) || options.containsKey(FIELDS)))
            throw new StepAside("a name and a choice");
        String format = options.getOrDefault("--output", "table").toLowerCase(Locale.ROOT);
        if (!format.equals("table") && !format.equals("wide") && !format.equals("name"))
            throw new StepAside("the format " + format);
        return new Question(type, name, format, options);
    }

    private static String longName(String option) throws StepAside {
        return switch (option) {
            case "-n", "--namespace" -> "--namespace";
            case "-o", "--output" -> "--output";
            case "-l", SELECTOR -> SELECTOR;
            case "-A", EVERYWHERE -> EVERYWHERE;
            case FIELDS, "--kubeconfig", "--dir", "--no-headers" -> option;
            default -> throw new StepAside("the option " + option);
        };
    }

    private static boolean isFlag(String option) {
        return option.equals(EVERYWHERE) || option.equals("--no-headers");
    }

    boolean everywhere() {
        return options.containsKey(EVERYWHERE);
    }

    boolean headers() {
        return !options.containsKey("--no-headers");
    }

    boolean isTable() {
        return !format.equals("name");
    }

    String labels() {
        return options.getOrDefault(SELECTOR, "");
    }

    String fields() {
        return options.getOrDefault(FIELDS, "");
    }

    /** The namespace that was asked for, or the kubeconfig's. */
    String namespaceOr(String usual) {
        return options.getOrDefault("--namespace", usual);
    }

    /** Where the full client would look for it, too. */
    File kubeconfig(Terminal terminal) throws StepAside {
        String named = options.get("--kubeconfig");
        if (named != null) return new File(named);
        String folder = options.get("--dir");
        if (folder != null) return new File(folder, "kubeconfig");
        Optional<String> listed = terminal.variable("KUBECONFIG");
        if (listed.isPresent()) {
            if (listed.get().indexOf(':') >= 0) throw new StepAside("several kubeconfigs");
            return new File(listed.get());
        }
        Optional<String> usual = terminal.variable("KEELSON_DIR");
        return new File(usual.isPresent() ? usual.get() : terminal.home() + "/.keelson", "kubeconfig");
    }
}
