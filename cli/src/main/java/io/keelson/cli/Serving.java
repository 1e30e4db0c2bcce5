package io.keelson.cli;

import io.keelson.cli.print.Trouble;
import io.keelson.cli.store.LogSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.logging.ConsoleHandler;
import java.util.logging.FileHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import picocli.CommandLine.ParseResult;

/** What the commands that serve until they are told to end have in common. */
final class Serving {

    /** Longest stack trace in the log, in lines. */
    private static final int TRACE_LINES_MAX = 12;

    /** Libraries that say at INFO what is of no use to an operator. Strong references: a logger without one forgets its level. */
    private static final List<String> NOISY = List.of("io.grpc", "io.netty", "org.apache.ratis", "io.helidon");

    private Serving() {}

    static String required(ParseResult parsed, String option) {
        return Options.text(parsed, option).orElseThrow(() -> Trouble.usage(option + " is missing"));
    }

    /** A file that must be there. */
    static Path file(ParseResult parsed, String option) {
        var path = Path.of(required(parsed, option));
        if (!Files.isReadable(path))
            throw Trouble.of(
                    "cannot read " + path + " (" + option + ")",
                    Files.exists(path) ? "It is not yours to read." : "It is not there.");
        return path;
    }

    /** A list of {@code HOST:PORT}, separated by commas. */
    static List<String> addresses(ParseResult parsed, String option) {
        var addresses = Arrays.asList(required(parsed, option).split(",", -1));
        addresses.forEach(address -> port(address));
        return addresses;
    }

    static String host(String address) {
        int colon = address.lastIndexOf(':');
        if (colon <= 0) throw Trouble.usage("\"" + address + "\" is not HOST:PORT");
        var host = address.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    static int port(String address) {
        try {
            int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
            if (port > 0 && port <= 0xffff && address.lastIndexOf(':') > 0) return port;
        } catch (NumberFormatException notANumber) {
            throw Trouble.usage("\"" + address + "\" is not HOST:PORT");
        }
        throw Trouble.usage("\"" + address + "\" is not HOST:PORT");
    }

    /** Makes logging what an operator reads: one line an event, time, level, who, what. */
    static void logLines() {
        var root = Logger.getLogger("");
        for (var handler : root.getHandlers()) handler.setFormatter(new Line());
        for (var noisy : NOISY) Logger.getLogger(noisy).setLevel(Level.WARNING);
    }

    /** The same, at a level and to places of the operator's choice. */
    static void logLines(LogSettings settings) {
        var root = Logger.getLogger("");
        for (var handler : root.getHandlers()) root.removeHandler(handler);
        for (var output : settings.outputs()) root.addHandler(handler(output));
        for (var handler : root.getHandlers()) handler.setLevel(Level.ALL);
        Logger.getLogger("keelson").setLevel(settings.level());
        Logger.getLogger("io.keelson").setLevel(settings.level());
        root.setLevel(settings.level().intValue() < Level.INFO.intValue() ? Level.INFO : settings.level());
        logLines();
        if (settings.level().intValue() > Level.WARNING.intValue())
            NOISY.forEach(noisy -> Logger.getLogger(noisy).setLevel(settings.level()));
    }

    private static Handler handler(String output) {
        try {
            return switch (output) {
                case "stderr" -> new ConsoleHandler();
                case "stdout" -> new Lines(System.out);
                default -> new FileHandler(output, 0, 1, true);
            };
        } catch (IOException failed) {
            throw Trouble.because(failed, "cannot write the log to " + output + " (--log-outputs): " + failed);
        }
    }

    /** Standard output, a line at a time. */
    private static final class Lines extends StreamHandler {
        Lines(OutputStream out) {
            super(out, new Line());
        }

        @Override
        public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
        }
    }

    static void log(String event) {
        System.getLogger("keelson").log(System.Logger.Level.INFO, event);
    }

    /**
     * Waits for SIGTERM or Ctrl-C, or until what is served has died, then closes.
     *
     * @param died counted down when it has died by itself
     * @return never, when the process was told to end: it then ends from outside; the exit code of a failure otherwise
     */
    static int untilToldToEnd(String what, CountDownLatch died, AutoCloseable served) throws InterruptedException {
        HeapLimit.keep();
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    if (died.getCount() == 0) return;
                    log(what + " stops");
                    close(what, served);
                    log(what + " has stopped");
                    for (var handler : Logger.getLogger("").getHandlers()) handler.close();
                    // As etcd: to be told to end is no failure. Without this, the JVM would report the signal as one.
                    Runtime.getRuntime().halt(0);
                }));
        died.await();
        log(what + " has died; the process ends");
        close(what, served);
        return Trouble.FAILED;
    }

    private static void close(String what, AutoCloseable served) {
        try {
            served.close();
        } catch (Exception failed) {
            System.getLogger("keelson").log(System.Logger.Level.WARNING, what + " did not close cleanly", failed);
        }
    }

    private static final class Line extends Formatter {
        @Override
        public String format(LogRecord record) {
            var line = new StringBuilder(160)
                    .append(record.getInstant().truncatedTo(ChronoUnit.MILLIS))
                    .append(' ')
                    .append("%-5s".formatted(name(record.getLevel())))
                    .append(' ')
                    .append(shortName(String.valueOf(record.getLoggerName())))
                    .append("  ")
                    .append(formatMessage(record));
            var thrown = record.getThrown();
            if (thrown != null) {
                line.append(": ").append(thrown);
                Arrays.stream(thrown.getStackTrace())
                        .limit(TRACE_LINES_MAX)
                        .forEach(frame -> line.append("\n    at ").append(frame));
            }
            return line.append('\n').toString();
        }

        private static String name(Level level) {
            if (level.intValue() >= Level.SEVERE.intValue()) return "error";
            if (level.intValue() >= Level.WARNING.intValue()) return "warn";
            return level.intValue() >= Level.INFO.intValue() ? "info" : "debug";
        }

        private static String shortName(String logger) {
            return logger.substring(logger.lastIndexOf('.') + 1);
        }
    }
}
