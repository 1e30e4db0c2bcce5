package io.keelson.agent.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** Calls of Linux, by file descriptor. Numbers of requests and flags are those of Linux on x86-64 and aarch64. */
@SuppressWarnings("restricted") // Calls of Linux are what this class is for; programs are started with leave for them.
final class Libc {
    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int O_NOCTTY = 0x100;

    static final int EAGAIN = 11;
    static final int EINTR = 4;

    static final short POLLIN = 1;
    static final short POLLOUT = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO_VALUE = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            handle("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL = handle(
            "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle POLL =
            handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SETNS = handle("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

    private static final MethodHandle MKFIFO = handle("mkfifo", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));

    private Libc() {}

    private static MethodHandle handle(String name, FunctionDescriptor type, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = ERRNO;
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type, all);
    }

    /** What a call answered, and errno if that is -1. */
    record Answer(long value, int errno) {
        boolean failed() {
            return value < 0;
        }

        long orThrow(String what) throws IOException {
            if (failed()) {
                throw new IOException(what + ": errno " + errno);
            }
            return value;
        }
    }

    /** A call; the segment takes errno. */
    private interface Call {
        long make(MemorySegment state) throws Throwable;
    }

    private static Answer call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long value = call.make(state);
            return new Answer(value, value < 0 ? (int) ERRNO_VALUE.get(state, 0L) : 0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a native call throws nothing", e);
        }
    }

    static Answer open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return call(state -> (int) OPEN.invokeExact(state, name, flags));
        }
    }

    static Answer mkfifo(String path, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return call(state -> (int) MKFIFO.invokeExact(state, name, mode));
        }
    }

    static Answer ioctl(int fd, long request, MemorySegment argument) {
        return call(state -> (int) IOCTL.invokeExact(state, fd, request, argument));
    }

    static Answer read(int fd, MemorySegment into, long length) {
        return call(state -> (long) READ.invokeExact(state, fd, into, length));
    }

    static Answer write(int fd, MemorySegment from, long length) {
        return call(state -> (long) WRITE.invokeExact(state, fd, from, length));
    }

    /** Waits for an event on one descriptor; 0 if there was none in time. */
    static Answer poll(int fd, short events, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(8, 4);
            one.set(JAVA_INT, 0, fd);
            one.set(JAVA_SHORT, 4, events);
            return call(state -> (int) POLL.invokeExact(state, one, 1L, millis));
        }
    }

    static void close(int fd) {
        var _ = call(state -> (int) CLOSE.invokeExact(state, fd));
    }

    static Answer setns(int fd, int kind) {
        return call(state -> (int) SETNS.invokeExact(state, fd, kind));
    }
}
