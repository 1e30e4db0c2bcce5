package io.keelson.chaos.report;

import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.WatchLog;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The whole history as lines of text: operations in order of their invocation, then watches with all that they delivered. */
public final class HistoryFile {

    private HistoryFile() {}

    /** Writes it. */
    public static void write(Path file, Recording recording) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (Op op : recording.ops()) {
                out.write(String.format(
                        Locale.ROOT,
                        "%.6f %.6f client=%d workload=%s member=%d %s -> %s%n",
                        op.invoked() / 1e9,
                        op.returned() / 1e9,
                        op.client(),
                        op.workload(),
                        op.member() + 1,
                        op.request().toString().replace("\0", "\\0"),
                        op.result()));
            }
            for (WatchLog watch : recording.watches()) {
                out.write(String.format(
                        Locale.ROOT,
                        "watch client=%d member=%d %s%n",
                        watch.client(),
                        watch.member() + 1,
                        watch.wanted().toString().replace("\0", "\\0")));
                for (WatchLog.Answer answer : watch.answers()) {
                    out.write(String.format(
                            Locale.ROOT,
                            "    %.6f revision=%d %s %s%n",
                            answer.received() / 1e9,
                            answer.revision(),
                            answer.kind(),
                            answer.events()));
                }
            }
        }
    }
}
