package io.keelson.cli.store;

import io.keelson.cli.store.Flag.Meaning;
import java.util.List;
import java.util.stream.Collectors;

/** {@code keelson store --help}, in the shape of etcd's. */
final class Help {

    private static final int WIDTH = 110;

    private Help() {}

    static String text() {
        var text = new StringBuilder("""
                Usage:

                  keelson store [flags]
                    Run the store alone in this process, in place of etcd.

                  keelson store --version
                    Show the version.

                  keelson store -h | --help
                    Show this text.

                  keelson store --config-file FILE
                    Take everything from a YAML file with etcd's keys; other flags and ETCD_ variables are then ignored.

                Flags are etcd's: with one dash or two, --flag=value or --flag value. Each can be given as a variable, --data-dir as
                ETCD_DATA_DIR; a flag wins. Exit code: 0 told to end, 1 failed, 2 called wrongly.
                """);
        for (var group : Flag.Group.values()) {
            var flags = working().stream().filter(flag -> flag.group() == group).toList();
            if (flags.isEmpty()) continue;
            text.append('\n').append(group.title()).append(":\n");
            flags.forEach(flag -> text.append("  ")
                    .append(flag.dashed())
                    .append(" '")
                    .append(flag.standard())
                    .append("'\n    ")
                    .append(flag.help())
                    .append('\n'));
        }
        text.append("\nTaken without effect, with a line in the log that says why:\n")
                .append(wrapped(names(flag -> flag.meaning() instanceof Meaning.Idle)));
        text.append("\nTaken with the value that says what is anyhow so, else refused with the reason:\n")
                .append(wrapped(names(flag -> flag.meaning() instanceof Meaning.Only)));
        return text.toString();
    }

    private static List<Flag> working() {
        return Flags.all().stream()
                .filter(flag -> flag.meaning() instanceof Meaning.Works)
                .toList();
    }

    private static List<String> names(java.util.function.Predicate<Flag> which) {
        return Flags.all().stream().filter(which).map(Flag::dashed).toList();
    }

    private static String wrapped(List<String> words) {
        var lines = new StringBuilder();
        var line = new StringBuilder(" ");
        for (var word : words) {
            if (line.length() + word.length() >= WIDTH) {
                lines.append(line).append('\n');
                line = new StringBuilder(" ");
            }
            line.append(' ').append(word);
        }
        return lines.append(line).append('\n').toString();
    }

    /** In etcd's lines, since scripts read the first; the others say what this is. */
    static String version(String etcd, String keelson, String java, String system, String machine) {
        return List.of(
                                "etcd Version: " + etcd,
                                "Git SHA: keelson-" + keelson,
                                "Go Version: none, this is Keelson " + keelson + " on Java " + java,
                                "Go OS/Arch: " + system + "/" + machine)
                        .stream()
                        .collect(Collectors.joining("\n"))
                + "\n";
    }
}
