package io.keelson.chaos;

import io.keelson.chaos.run.Run;
import io.keelson.chaos.run.Settings;
import io.keelson.chaos.run.Verdict;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code dev/chaos}: runs members, clients and faults for a time, judges what clients saw, and ends with 0 if nothing was broken, with 1 if
 * something was, with 2 if it was asked wrongly.
 *
 * <p>Must run in network, process and mount namespaces of its own, which the script makes.
 */
public final class Chaos {

    private Chaos() {}

    /** Runs once. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Settings settings;
        try {
            settings = Settings.parse(arguments);
        } catch (IllegalArgumentException wrong) {
            System.err.println("chaos: " + wrong.getMessage());
            System.err.println(Settings.USAGE);
            System.exit(2);
            return;
        }
        Path repository = Path.of(System.getProperty("keelson.repository", ""));
        Path directory = Path.of(System.getProperty("keelson.chaos.directory", ""));
        Verdict verdict = new Run(settings, repository, directory).run();
        System.exit(verdict.good() ? 0 : 1);
    }
}
