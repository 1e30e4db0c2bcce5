package io.keelson.agent.stream;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.function.BooleanSupplier;

/** Reads one log in CRI format: lines of {@code <RFC 3339 time> stdout|stderr F|P <text>}. */
final class LogFile {
    /** One piece of an answer. */
    static final int CHUNK = 32 * 1024;
    /** A line longer than this in the file is no CRI log; it is given out in pieces. */
    private static final int LINE_BYTES_MAX = 1 << 20;

    private static final long POLL_MILLIS = 100;

    private final Path file;
    private final LogQuery query;
    private final Answer answer;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long left;
    private boolean atLineStart = true;

    LogFile(Path file, LogQuery query, Answer answer) {
        this.file = file;
        this.query = query;
        this.answer = answer;
        this.left = query.limitBytes().orElse(Long.MAX_VALUE);
    }

    /** Answers the query from this file. {@code running} says whether more may come. */
    void read(BooleanSupplier running) throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(
                    query.tailLines().isPresent()
                            ? tailStart(in, query.tailLines().getAsLong())
                            : 0);
            var line = new ByteArrayOutputStream();
            byte[] chunk = new byte[CHUNK];
            // After the end of the container, what it wrote last may take a moment to arrive in the file.
            int quiet = 0;
            while (!answer.cancelled() && left > 0) {
                boolean more = query.follow() && running.getAsBoolean();
                int n = in.read(chunk);
                if (n > 0) {
                    quiet = 0;
                    split(chunk, n, line);
                    continue;
                }
                flush();
                if (!query.follow() || (!more && ++quiet > 3)) {
                    break;
                }
                Thread.sleep(POLL_MILLIS);
            }
            flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void split(byte[] chunk, int length, ByteArrayOutputStream line) {
        int from = 0;
        for (int i = 0; i < length && left > 0; i++) {
            if (chunk[i] == '\n') {
                line.write(chunk, from, i - from);
                entry(line.toByteArray());
                line.reset();
                from = i + 1;
            }
        }
        line.write(chunk, from, length - from);
        if (line.size() > LINE_BYTES_MAX) {
            entry(line.toByteArray());
            line.reset();
        }
    }

    private void entry(byte[] line) {
        int time = indexOf(line, 0);
        int stream = time < 0 ? -1 : indexOf(line, time + 1);
        int tag = stream < 0 ? -1 : indexOf(line, stream + 1);
        // An empty line may have lost its last blank.
        int text = tag >= 0 ? tag + 1 : line.length;
        if (stream < 0) {
            emit(line, 0, line.length, true);
            return;
        }
        if (query.since().isPresent() && isBefore(line, time, query.since().get())) {
            return;
        }
        boolean partial = line.length > stream + 1 && line[stream + 1] == 'P';
        if (query.timestamps() && atLineStart) {
            emit(line, 0, time, false);
            emit(new byte[] {' '}, 0, 1, false);
        }
        emit(line, text, line.length - text, !partial);
        atLineStart = !partial;
    }

    private static boolean isBefore(byte[] line, int length, Instant since) {
        try {
            return OffsetDateTime.parse(new String(line, 0, length, StandardCharsets.US_ASCII))
                    .toInstant()
                    .isBefore(since);
        } catch (DateTimeParseException e) {
            // A line without a time is shown rather than hidden.
            return false;
        }
    }

    private void emit(byte[] bytes, int from, int length, boolean newline) {
        int n = (int) Math.min(length, left);
        out.write(bytes, from, n);
        left -= n;
        if (newline && left > 0) {
            out.write('\n');
            left--;
        }
        if (out.size() >= CHUNK) {
            flush();
        }
    }

    private void flush() {
        if (out.size() == 0) {
            return;
        }
        byte[] all = out.toByteArray();
        out.reset();
        for (int at = 0; at < all.length; at += CHUNK) {
            if (!answer.data(all, at, Math.min(CHUNK, all.length - at))) {
                left = 0;
                return;
            }
        }
    }

    /** Where the last {@code lines} lines begin. */
    private static long tailStart(RandomAccessFile in, long lines) throws IOException {
        long at = in.length();
        if (lines <= 0) {
            return at;
        }
        long seen = 0;
        byte[] chunk = new byte[CHUNK];
        boolean last = true;
        while (at > 0) {
            int n = (int) Math.min(chunk.length, at);
            in.seek(at - n);
            in.readFully(chunk, 0, n);
            for (int i = n - 1; i >= 0; i--) {
                // The newline at the very end closes the last line and begins none.
                if (chunk[i] == '\n' && !last && ++seen == lines) {
                    return at - n + i + 1;
                }
                last = false;
            }
            at -= n;
        }
        return 0;
    }

    private static int indexOf(byte[] line, int from) {
        for (int i = from; i < line.length; i++) {
            if (line[i] == ' ') {
                return i;
            }
        }
        return -1;
    }
}
