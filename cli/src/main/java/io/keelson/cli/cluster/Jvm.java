package io.keelson.cli.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The command line of another process of Keelson: the same JVM and jars as this one, with the options of its role. */
public final class Jvm {

    /** Compilers give way to what serves clients. Only root may ask for it; others would be warned at each start. As in {@code bin/keelson}. */
    private static final List<String> LATE_COMPILERS =
            List.of("-XX:ThreadPriorityPolicy=1", "-XX:CompilerThreadPriority=10");

    private Jvm() {}

    /**
     * The command.
     *
     * @param role "server", "agent" or "client": which options the JVM gets
     * @param arguments what comes after {@code keelson}
     */
    public static List<String> command(String role, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        var options = Optional.ofNullable(System.getProperty("keelson.dist"))
                .map(dist -> Path.of(dist, role + ".args"))
                .filter(Files::exists);
        if (options.isPresent()) {
            command.add("@" + options.get());
        } else {
            // Not started by bin/keelson, but by a test or an IDE.
            command.addAll(List.of(
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-XX:+UseSerialGC",
                    role.equals("server") ? "-Xmx176m" : "-Xmx96m",
                    "-cp",
                    System.getProperty("java.class.path")));
        }
        if (role.equals("server") && "root".equals(System.getProperty("user.name"))) command.addAll(LATE_COMPILERS);
        // An empty one is of no harm; a debugger's port could serve only one of several processes, so users set it for
        // one role.
        Optional.ofNullable(System.getenv("KEELSON_" + role.toUpperCase(java.util.Locale.ROOT) + "_OPTS")).stream()
                .flatMap(text -> java.util.stream.Stream.of(text.trim().split("\\s+", -1)))
                .filter(option -> !option.isEmpty())
                .forEach(command::add);
        command.add("io.keelson.cli.Main");
        command.addAll(arguments);
        return command;
    }
}
