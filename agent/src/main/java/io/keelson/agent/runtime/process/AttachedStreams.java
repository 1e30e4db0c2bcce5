package io.keelson.agent.runtime.process;

import io.keelson.agent.io.PieceInput;
import io.keelson.agent.runtime.ContainerStreams;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** The streams of a container's own program: what it writes to its files from now on, and the pipe that it reads. */
final class AttachedStreams implements ContainerStreams {
    private static final Duration POLL = Duration.ofMillis(50);

    private final ContainerHome home;
    private final Wanted wanted;
    private final InputStream stdout;
    private final InputStream stderr;
    private volatile boolean closed;

    AttachedStreams(ContainerHome home, Wanted wanted) throws IOException {
        this.home = home;
        this.wanted = wanted;
        this.stdout = wanted.stdout() ? new PieceInput(new Tail(home.stdout())) : InputStream.nullInputStream();
        this.stderr = wanted.stderr() ? new PieceInput(new Tail(home.stderr())) : InputStream.nullInputStream();
    }

    @Override
    public OutputStream stdin() {
        return wanted.stdin() && Files.exists(home.stdin()) ? new Typed() : OutputStream.nullOutputStream();
    }

    @Override
    public InputStream stdout() {
        return stdout;
    }

    @Override
    public InputStream stderr() {
        return stderr;
    }

    @Override
    public void resize(int columns, int rows) {
        // Containers have no terminal here.
    }

    @Override
    public int exitCode() throws InterruptedException {
        while (!closed && home.running()) {
            Thread.sleep(POLL);
        }
        return 0;
    }

    @Override
    public void close() {
        closed = true;
    }

    /** The pipe, opened when there is something to say. */
    private final class Typed extends OutputStream {
        private OutputStream pipe = OutputStream.nullOutputStream();
        private boolean open;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!home.running()) {
                throw new IOException("the container has ended");
            }
            if (!open) {
                pipe = new FileOutputStream(home.stdin().toFile());
                open = true;
            }
            pipe.write(bytes, offset, length);
        }

        /** The program sees the end of its input only if it was promised one user: another may come otherwise. */
        @Override
        public void close() throws IOException {
            pipe.close();
            if (home.stdinOnce() && home.running()) {
                Files.write(home.stdinHold(), "\n".getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
            }
        }
    }

    /** What is added to a file, until the container has ended. */
    private final class Tail implements PieceInput.Source {
        private final Path file;
        private long at;

        Tail(Path file) throws IOException {
            this.file = file;
            this.at = Files.exists(file) ? Files.size(file) : 0;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (!closed) {
                // Asked before the file: what a program writes last is seen then.
                boolean running = home.running();
                int n = more(into, offset, length);
                if (n > 0) {
                    return n;
                }
                if (!running) {
                    return -1;
                }
                try {
                    Thread.sleep(POLL);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return -1;
                }
            }
            return -1;
        }

        private int more(byte[] into, int offset, int length) throws IOException {
            if (!Files.exists(file)) {
                return 0;
            }
            try (var in = new RandomAccessFile(file.toFile(), "r")) {
                if (in.length() < at) {
                    // It was emptied, as it had grown too large.
                    at = 0;
                }
                in.seek(at);
                int n = in.read(into, offset, length);
                at += Math.max(0, n);
                return Math.max(0, n);
            }
        }
    }
}
