package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Terminal.Colour;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.LogsRequest;
import io.keelson.proto.v1.StreamsGrpc;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson logs}: what containers wrote. Of one pod byte for byte; of several, each line behind its pod's name. */
final class LogsCommand implements Command {

    /** More pods than this are not followed at once. */
    static final int PODS_MAX = 20;

    private static final Pattern DURATION = Pattern.compile("([0-9]+)(s|m|h)");

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "logs",
                "POD | TYPE/NAME | -l LABELS",
                "Prints what containers wrote, for example:",
                "  keelson logs -f deployment/hello",
                "");
        spec.addOption(Options.flag("-f --follow", "Go on until the container ends."))
                .addOption(Options.text("-c --container", "NAME", "Which container; needed when a pod has several."))
                .addOption(Options.flag("-p --previous", "Of the container before the last restart."))
                .addOption(Options.flag("--timestamps", "Each line with its time."))
                .addOption(Options.number("--tail", "LINES", "Only the last lines."))
                .addOption(Options.text("--since", "DURATION", "Only what is newer, e.g. 90s, 5m, 2h."))
                .addOption(Options.text("--since-time", "TIME", "Only what is newer than this, RFC 3339."))
                .addOption(Options.text("-l --selector", "LABELS", "Of all pods with these labels."))
                .addPositional(Options.rest("WHAT", "A pod, or what owns pods."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        try (var client = Client.connect(parsed, terminal)) {
            var pods = pods(parsed, client);
            if (pods.size() == 1) {
                copy(client, request(parsed, client, pods.getFirst()), terminal.out(), terminal);
                return 0;
            }
            if (pods.size() > PODS_MAX)
                throw Trouble.of(
                        pods.size() + " pods match; at most " + PODS_MAX + " at once",
                        "Narrow it with -l, or name one.");
            return several(parsed, terminal, client, pods);
        }
    }

    private static int several(ParseResult parsed, Terminal terminal, Client client, List<String> pods)
            throws InterruptedException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<?>>();
            for (var pod : pods) {
                var lines = new Lines(terminal.paint(Colour.FAINT, "[" + pod + "]") + " ", terminal);
                running.add(threads.submit(() -> {
                    copy(client, request(parsed, client, pod), lines, terminal);
                    return null;
                }));
            }
            int code = 0;
            for (var each : running) {
                try {
                    each.get();
                } catch (ExecutionException failed) {
                    if (!(failed.getCause() instanceof Trouble trouble))
                        throw new IllegalStateException(failed.getCause());
                    terminal.err().println("error: " + trouble.getMessage());
                    code = Trouble.FAILED;
                }
            }
            return code;
        }
    }

    private static List<String> pods(ParseResult parsed, Client client) throws InterruptedException {
        var words = Options.words(parsed);
        var selector = Options.text(parsed, "--selector");
        if (selector.isPresent()) {
            if (!words.isEmpty()) throw Trouble.usage("either a name or -l LABELS, not both");
            return Pods.selected(client, selector.get());
        }
        if (words.isEmpty()) throw Trouble.usage("logs of what? For example:  keelson logs deployment/hello");
        return Pods.named(client, words.getFirst());
    }

    private static LogsRequest request(ParseResult parsed, Client client, String pod) {
        var request = LogsRequest.newBuilder()
                .setNamespace(client.namespace())
                .setPod(pod)
                .setContainer(Options.text(parsed, "--container").orElse(""))
                .setFollow(Options.flag(parsed, "--follow"))
                .setPrevious(Options.flag(parsed, "--previous"))
                .setTimestamps(Options.flag(parsed, "--timestamps"))
                .setSinceTime(Options.text(parsed, "--since-time").orElse(""));
        Options.number(parsed, "--tail").filter(lines -> lines >= 0).ifPresent(request::setTailLines);
        Options.text(parsed, "--since")
                .map(LogsCommand::duration)
                .ifPresent(since -> request.setSinceSeconds(since.toSeconds()));
        return request.build();
    }

    static Duration duration(String text) {
        var matcher = DURATION.matcher(text);
        if (!matcher.matches()) throw Trouble.usage("\"" + text + "\" is no duration; write for example 90s, 5m or 2h");
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    private static void copy(Client client, LogsRequest request, OutputStream to, Terminal terminal)
            throws InterruptedException {
        boolean[] begun = {false};
        client.servers().on(channel -> {
            StreamsGrpc.newBlockingStub(channel).logs(request).forEachRemaining(chunk -> {
                // A second try on another server would print everything again.
                begun[0] = true;
                try {
                    chunk.getData().writeTo(to);
                    to.flush();
                } catch (IOException closed) {
                    throw Trouble.because(closed, "cannot write the log: " + closed.getMessage());
                }
            });
            return begun[0];
        });
        terminal.out().flush();
    }

    /** Puts a pod's name before each line. Lines of several pods never mix. */
    private static final class Lines extends OutputStream {
        private final byte[] prefix;
        private final Terminal terminal;
        private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();

        Lines(String prefix, Terminal terminal) {
            this.prefix = prefix.getBytes(StandardCharsets.UTF_8);
            this.terminal = terminal;
        }

        @Override
        public void write(int b) {
            line.write(b);
            if (b != '\n') return;
            synchronized (terminal) {
                terminal.out().write(prefix, 0, prefix.length);
                terminal.out().write(line.toByteArray(), 0, line.size());
                terminal.out().flush();
            }
            line.reset();
        }
    }
}
