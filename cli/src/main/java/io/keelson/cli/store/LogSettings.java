package io.keelson.cli.store;

import java.util.List;
import java.util.logging.Level;

/**
 * What is logged, and where to.
 *
 * @param level the least that is logged
 * @param outputs {@code stderr}, {@code stdout} or files
 */
public record LogSettings(Level level, List<String> outputs) {

    static LogSettings of(Values values) {
        var level = values.isTrue("debug")
                ? "debug"
                : values.oneOf("log-level", "debug", "info", "warn", "error", "dpanic", "panic", "fatal");
        var outputs = List.of(values.text("log-outputs").orElse("default").split(",", -1)).stream()
                .map(String::strip)
                // Under systemd the journal takes what goes to standard error.
                .map(output -> output.equals("default") || output.startsWith("systemd/") ? "stderr" : output)
                .distinct()
                .toList();
        if (outputs.contains("")) throw values.wrong("log-outputs", "stderr, stdout or files, separated by commas");
        return new LogSettings(
                switch (level) {
                    case "debug" -> Level.FINE;
                    case "info" -> Level.INFO;
                    case "warn" -> Level.WARNING;
                    default -> Level.SEVERE;
                },
                outputs);
    }
}
