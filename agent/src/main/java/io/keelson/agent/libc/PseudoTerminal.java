package io.keelson.agent.libc;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.keelson.agent.io.PieceInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/**
 * A terminal without a screen. A program opens {@link #path}; what it writes is read here, what is written here it reads, and Ctrl-C, echo and
 * line ends are the kernel's business.
 *
 * <p>Read it from a platform thread: each call holds its thread. {@link #close} may be called from any thread; the descriptor is closed by who
 * reads, when it sees that.
 */
public final class PseudoTerminal implements AutoCloseable {
    private static final long TIOCSPTLCK = 0x40045431L;
    private static final long TIOCGPTN = 0x80045430L;
    private static final long TIOCSWINSZ = 0x5414L;
    private static final int LOOK_MILLIS = 100;
    private static final int CHUNK_BYTES = 16 * 1024;

    private final int fd;
    private final Path path;
    private volatile boolean closed;
    private boolean released;

    private PseudoTerminal(int fd, Path path) {
        this.fd = fd;
        this.path = path;
    }

    /** Makes one. */
    public static PseudoTerminal open() throws IOException {
        int fd = (int) Libc.open("/dev/ptmx", Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC | Libc.O_NONBLOCK)
                .orThrow("/dev/ptmx");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            Libc.ioctl(fd, TIOCSPTLCK, number).orThrow("a terminal cannot be unlocked");
            Libc.ioctl(fd, TIOCGPTN, number).orThrow("a terminal has no number");
            return new PseudoTerminal(fd, Path.of("/dev/pts", Integer.toString(number.get(JAVA_INT, 0))));
        } catch (IOException e) {
            Libc.close(fd);
            throw e;
        }
    }

    /** What the program must open, and should make its controlling terminal. */
    public Path path() {
        return path;
    }

    /** Tells the program how large the user's screen is. */
    public synchronized void resize(int columns, int rows) {
        if (released) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8, 2);
            size.set(JAVA_SHORT, 0, (short) rows);
            size.set(JAVA_SHORT, 2, (short) columns);
            var _ = Libc.ioctl(fd, TIOCSWINSZ, size);
        }
    }

    /** What the program writes. Ends when all have closed it. */
    public InputStream output() {
        return new PieceInput(this::read);
    }

    private int read(byte[] into, int offset, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int most = Math.min(length, CHUNK_BYTES);
            MemorySegment bytes = arena.allocate(most);
            while (!closed) {
                Libc.Answer ready = Libc.poll(fd, Libc.POLLIN, LOOK_MILLIS);
                if (ready.value() == 0 || ready.errno() == Libc.EINTR) {
                    continue;
                }
                Libc.Answer n = Libc.read(fd, bytes, most);
                if (n.value() > 0) {
                    MemorySegment.copy(bytes, JAVA_BYTE, 0, into, offset, (int) n.value());
                    return (int) n.value();
                }
                if (n.value() == 0 || (n.errno() != Libc.EAGAIN && n.errno() != Libc.EINTR)) {
                    // EIO: the last who had it open has closed it.
                    break;
                }
            }
        }
        release();
        return -1;
    }

    private synchronized void release() {
        if (!released) {
            released = true;
            closed = true;
            Libc.close(fd);
        }
    }

    /** What the program reads. */
    public OutputStream input() {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                PseudoTerminal.this.write(from, offset, length);
            }
        };
    }

    private void write(byte[] from, int offset, int length) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(1, length));
            MemorySegment.copy(from, offset, bytes, JAVA_BYTE, 0, length);
            int at = 0;
            while (at < length) {
                int n = writeSome(bytes.asSlice(at), length - at);
                if (n == 0) {
                    Libc.poll(fd, Libc.POLLOUT, LOOK_MILLIS);
                }
                at += n;
            }
        }
    }

    private synchronized int writeSome(MemorySegment bytes, int length) throws IOException {
        if (closed) {
            throw new IOException("the terminal is closed");
        }
        Libc.Answer n = Libc.write(fd, bytes, length);
        if (n.failed() && n.errno() != Libc.EAGAIN && n.errno() != Libc.EINTR) {
            throw new IOException("the terminal is closed: errno " + n.errno());
        }
        return (int) Math.max(0, n.value());
    }

    @Override
    public void close() {
        closed = true;
    }
}
