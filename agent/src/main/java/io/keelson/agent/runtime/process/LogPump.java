package io.keelson.agent.runtime.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Turns what a program writes into its two files into the one log file in CRI format. The files, rather than pipes, let the program go on
 * writing while no agent runs; the lines written then get the time when they are read.
 */
final class LogPump {
    /** Longer lines are cut into parts marked {@code P}. */
    static final int LINE_BYTES_MAX = 16 * 1024;

    private static final int CHUNK = 64 * 1024;
    /** A source that has been read to its end and is larger than this is emptied. */
    private static final long SOURCE_BYTES_MAX = 64L << 20;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z'").withZone(ZoneOffset.UTC);

    private final Path log;
    private final Path offsets;
    private final InstantSource clock;
    private final Source out;
    private final Source err;

    LogPump(ContainerHome home, Path log, InstantSource clock) throws IOException {
        this.log = log;
        this.offsets = home.directory().resolve("offsets");
        this.clock = clock;
        long[] at = {0, 0};
        if (Files.exists(offsets)) {
            var words = Files.readString(offsets).strip().split(" ", -1);
            at[0] = Long.parseLong(words[0]);
            at[1] = Long.parseLong(words[1]);
        }
        this.out = new Source("stdout", home.stdout(), at[0]);
        this.err = new Source("stderr", home.stderr(), at[1]);
        Files.createDirectories(log.getParent());
        if (!Files.exists(log)) {
            Files.createFile(log);
        }
    }

    /** Moves what is there. True: there was something. */
    boolean pump() throws IOException {
        var lines = new ByteArrayOutputStream();
        boolean moved = drainBoth(lines);
        save(lines);
        return moved;
    }

    /** Moves what is there, and the last line even if it has no end. */
    void finish() throws IOException {
        var lines = new ByteArrayOutputStream();
        while (drainBoth(lines)) {
            save(lines);
            lines.reset();
        }
        out.drain(lines, true);
        err.drain(lines, true);
        save(lines);
    }

    private boolean drainBoth(ByteArrayOutputStream lines) throws IOException {
        boolean fromOut = out.drain(lines, false);
        boolean fromErr = err.drain(lines, false);
        return fromOut || fromErr;
    }

    private void save(ByteArrayOutputStream lines) throws IOException {
        if (lines.size() > 0) {
            Files.write(log, lines.toByteArray(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            Files.writeString(offsets, out.consumed() + " " + err.consumed());
        }
    }

    private final class Source {
        private final String name;
        private final Path file;
        private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
        private long at;

        private Source(String name, Path file, long at) {
            this.name = name;
            this.file = file;
            this.at = at;
        }

        /** What has become lines; the rest is read again by the next agent. */
        private long consumed() {
            return at - partial.size();
        }

        private boolean drain(ByteArrayOutputStream lines, boolean last) throws IOException {
            boolean moved = false;
            if (Files.exists(file) && Files.size(file) > at) {
                try (var in = new RandomAccessFile(file.toFile(), "r")) {
                    in.seek(at);
                    byte[] chunk = new byte[CHUNK];
                    int n = in.read(chunk);
                    if (n > 0) {
                        at += n;
                        split(chunk, n, lines);
                        moved = true;
                    }
                }
            } else if (at > SOURCE_BYTES_MAX && partial.size() == 0 && Files.size(file) == at) {
                try (var truncated = new RandomAccessFile(file.toFile(), "rw")) {
                    truncated.setLength(0);
                }
                at = 0;
                Files.writeString(offsets, out.consumed() + " " + err.consumed());
            }
            if (last && partial.size() > 0) {
                line(partial.toByteArray(), 'F', lines);
                partial.reset();
            }
            return moved;
        }

        private void split(byte[] chunk, int length, ByteArrayOutputStream lines) {
            int from = 0;
            for (int i = 0; i < length; i++) {
                if (chunk[i] == '\n') {
                    partial.write(chunk, from, i - from);
                    line(partial.toByteArray(), 'F', lines);
                    partial.reset();
                    from = i + 1;
                } else if (partial.size() + i - from + 1 >= LINE_BYTES_MAX) {
                    partial.write(chunk, from, i - from + 1);
                    line(partial.toByteArray(), 'P', lines);
                    partial.reset();
                    from = i + 1;
                }
            }
            partial.write(chunk, from, length - from);
        }

        private void line(byte[] text, char tag, ByteArrayOutputStream lines) {
            lines.writeBytes(
                    (TIME.format(clock.instant()) + " " + name + " " + tag + " ").getBytes(StandardCharsets.US_ASCII));
            lines.writeBytes(text);
            lines.write('\n');
        }
    }
}
