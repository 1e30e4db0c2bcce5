package io.keelson.agent.libc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Connections made within another network namespace. */
public final class NetworkNamespaces {
    private static final int CLONE_NEWNET = 0x40000000;

    private NetworkNamespaces() {}

    /**
     * Connects as a program in a namespace would. Needs the right to enter it (root).
     *
     * @param namespace such as {@code /proc/PID/ns/net}
     * @throws IOException if it cannot be entered, or nobody listens there
     */
    public static Socket connect(Path namespace, InetSocketAddress to, Duration patience) throws IOException {
        FutureTask<Socket> task = new FutureTask<>(() -> {
            enter(namespace);
            return connect(to, patience);
        });
        // A thread of its own, which ends in that namespace: a socket belongs to the namespace of the thread that made
        // it.
        Thread.ofPlatform().daemon().name("connect").start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failed
                    ? failed
                    : new IOException("connecting within " + namespace, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Connects within the namespace that the thread is in.
     *
     * @throws IOException if nobody listens there
     */
    public static Socket connect(InetSocketAddress to, Duration patience) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(to, (int) patience.toMillis());
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static void enter(Path namespace) throws IOException {
        int fd = (int) Libc.open(namespace.toString(), Libc.O_CLOEXEC).orThrow(namespace + " cannot be opened");
        try {
            Libc.setns(fd, CLONE_NEWNET).orThrow("network namespace " + namespace + " cannot be entered");
        } finally {
            Libc.close(fd);
        }
    }
}
