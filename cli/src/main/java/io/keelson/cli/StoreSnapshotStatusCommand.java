package io.keelson.cli;

import io.keelson.cli.print.Columns;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.store.backup.SnapshotStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson store snapshot status}: what is in a file, as {@code etcdctl snapshot status} says it. */
final class StoreSnapshotStatusCommand implements Command {

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "store snapshot status", "FILE [-w table|json]", "Reads a snapshot and says what is in it.", "")
                .addPositional(Options.rest("FILE", "A snapshot, of Keelson's or etcd's."))
                .addOption(Options.text("-w --write-out", "FORM", "simple, table or json; default: simple."));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) {
        var words = Options.words(parsed);
        if (words.size() != 1) throw Trouble.usage("one FILE is needed");
        var form = Options.text(parsed, "-w").orElse("simple");
        if (!List.of("simple", "table", "json").contains(form))
            throw Trouble.usage("-w " + form + " is not there: simple, table or json");
        SnapshotStatus status;
        try {
            status = SnapshotStatus.of(Path.of(words.getFirst()));
        } catch (IOException failed) {
            throw Trouble.because(failed, String.valueOf(failed.getMessage()));
        }
        var hash = Integer.toHexString(status.hash());
        var out = terminal.out();
        switch (form) {
            case "json" ->
                out.println("{\"hash\":" + Integer.toUnsignedString(status.hash()) + ",\"revision\":"
                        + status.revision() + ",\"totalKey\":" + status.totalKeys() + ",\"totalSize\":"
                        + status.totalBytes() + ",\"version\":\"" + status.version() + "\"}");
            case "table" ->
                Columns.lines(List.of(
                                List.of("HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE", "STORAGE VERSION"),
                                List.of(
                                        hash,
                                        Long.toString(status.revision()),
                                        Integer.toString(status.totalKeys()),
                                        size(status.totalBytes()),
                                        status.version())))
                        .forEach(out::println);
            default ->
                out.println(String.join(
                        ", ",
                        hash,
                        Long.toString(status.revision()),
                        Integer.toString(status.totalKeys()),
                        size(status.totalBytes())));
        }
        return 0;
    }

    /** As etcdctl writes sizes: thousands, two digits. */
    static String size(long bytes) {
        if (bytes < 1_000) return bytes + " B";
        double size = bytes;
        for (var unit : List.of("kB", "MB", "GB")) {
            size /= 1_000;
            if (size < 1_000) return (size < 10 ? "%.1f %s" : "%.0f %s").formatted(size, unit);
        }
        return "%.1f TB".formatted(size / 1_000);
    }
}
