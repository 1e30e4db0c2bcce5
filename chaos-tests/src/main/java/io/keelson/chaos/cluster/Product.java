package io.keelson.chaos.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is under test. All are given the same flags. */
public enum Product {
    /** {@code keelson store}, as {@code bin/keelson} builds and runs it. */
    KEELSON,
    /** etcd, as installed on this machine. */
    ETCD;

    /** The system property that names the file of options with which {@code bin/keelson} starts servers. It lies in the source tree. */
    public static final String OPTIONS = "keelson.chaos.server";

    /**
     * The program that a member is.
     *
     * @param switches test switches, as options of the Java machine; only Keelson has any
     */
    public List<String> program(List<String> switches) {
        return switch (this) {
            case ETCD -> {
                if (!switches.isEmpty()) {
                    throw new IllegalArgumentException("etcd has no test switches: " + switches);
                }
                yield List.of("/usr/bin/etcd");
            }
            case KEELSON -> {
                var program = new ArrayList<String>();
                program.add(System.getProperty("java.home") + "/bin/java");
                program.add("@" + System.getProperty(OPTIONS, "(" + OPTIONS + " is not set)"));
                // Members start often and live for seconds: the second compiler would never earn back what it costs.
                program.add("-XX:TieredStopAtLevel=1");
                program.addAll(switches);
                program.addAll(List.of("io.keelson.cli.Main", "store"));
                yield List.copyOf(program);
            }
        };
    }

    /** Directories beside {@code /usr} that the program reads. */
    public List<Path> reads(Path repository) {
        Path java = Path.of(System.getProperty("java.home"));
        return switch (this) {
            case ETCD -> List.of();
            case KEELSON -> java.startsWith("/usr") ? List.of(repository) : List.of(repository, java);
        };
    }
}
