package io.keelson.agent.stream;

import io.keelson.agent.runtime.ContainerStreams;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;

/**
 * Carries bytes between an asker and a program: one platform thread for each direction of each stream, as a read of a terminal or a pipe holds
 * its thread.
 */
final class Talking {
    private static final int CHUNK_BYTES = 16 * 1024;

    private final Conversation talk;

    Talking(Conversation talk) {
        this.talk = talk;
    }

    /** Where a piece goes; false if nobody wants it. */
    private interface Sink {
        boolean take(byte[] bytes, int offset, int length);
    }

    /** Returns when the program has ended and all that it wrote is sent, or when the asker has gone. */
    void of(ContainerStreams streams, boolean stdin) {
        talk.onCancel(streams::close);
        talk.started();
        talk.onResize(streams::resize);
        if (stdin) {
            thread("stdin", () -> drain(talk.input(), streams.stdin()));
        }
        Thread errors = thread("stderr", () -> copy(streams.stderr(), talk::errors));
        Thread output = thread("stdout", () -> copy(streams.stdout(), talk::data));
        try {
            output.join();
            errors.join();
            int code = streams.exitCode();
            if (!talk.cancelled()) {
                talk.exited(code);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when both sides have said that there is no more, or one has gone. */
    void over(Socket socket) throws IOException {
        talk.onCancel(() -> close(socket));
        talk.started();
        OutputStream out = socket.getOutputStream();
        thread("forward", () -> drain(talk.input(), new HalfClosed(socket, out)));
        copy(socket.getInputStream(), talk::data);
        // What the pod's side has ended needs no more input; what waits for it would wait for ever.
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread thread(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name("talk-" + name).start(work);
    }

    private static void copy(InputStream from, Sink to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try {
            int n = from.read(chunk);
            while (n >= 0 && to.take(chunk, 0, n)) {
                n = from.read(chunk);
            }
        } catch (IOException e) {
            // The program, or the connection to it, has gone: as good as an end.
        }
    }

    /** To the end, and says that it is the end. */
    private static void drain(InputStream from, OutputStream to) {
        byte[] chunk = new byte[CHUNK_BYTES];
        try (to) {
            for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                to.write(chunk, 0, n);
                to.flush();
            }
        } catch (IOException e) {
            // The program reads no more. What it still writes is wanted all the same.
        }
    }

    /** Closing it closes one direction of the connection only. */
    private static final class HalfClosed extends OutputStream {
        private final Socket socket;
        private final OutputStream out;

        HalfClosed(Socket socket, OutputStream out) {
            this.socket = socket;
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (!socket.isClosed()) {
                socket.shutdownOutput();
            }
        }
    }
}
