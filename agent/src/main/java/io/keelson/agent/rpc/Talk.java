package io.keelson.agent.rpc;

import com.google.protobuf.ByteString;
import io.keelson.agent.stream.Conversation;
import io.keelson.proto.tunnel.SendWindow;
import io.keelson.proto.v1.Credit;
import io.keelson.proto.v1.Exited;
import io.keelson.proto.v1.Started;
import io.keelson.proto.v1.TerminalSize;
import io.keelson.proto.v1.TunnelAnswer;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One question on a tunnel, while it is answered. Pieces wait for leave to be sent; input waits here, bounded by its window, to be read. */
final class Talk implements Conversation {

    /** What sends answers; waits until the tunnel takes more. False: the tunnel has ended. */
    interface Way {
        boolean send(TunnelAnswer answer) throws InterruptedException;
    }

    private final Way way;
    private final long id;
    private final SendWindow window = new SendWindow();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingCost;
    private boolean inputEnded;
    private boolean cancelled;
    private boolean told;
    private Optional<TerminalSize> size = Optional.empty();
    private Optional<Screen> screen = Optional.empty();
    private Optional<Runnable> gone = Optional.empty();

    Talk(Way way, long id) {
        this.way = way;
        this.id = id;
    }

    // What the tunnel brings

    /** A piece of input; false if that is more than was allowed. */
    boolean input(ByteString bytes) {
        lock.lock();
        try {
            int cost = SendWindow.cost(bytes.size());
            if (waitingCost + cost > SendWindow.BYTES) {
                return false;
            }
            if (!inputEnded && !bytes.isEmpty()) {
                waitingCost += cost;
                waiting.add(bytes.toByteArray());
                news.signalAll();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void inputEnd() {
        lock.lock();
        try {
            inputEnded = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void credit(int bytes) {
        window.give(bytes);
    }

    void resized(TerminalSize now) {
        Optional<Screen> known;
        lock.lock();
        try {
            size = Optional.of(now);
            known = screen;
        } finally {
            lock.unlock();
        }
        known.ifPresent(s -> s.resized(now.getColumns(), now.getRows()));
    }

    /** Nobody wants the answer any more. */
    void cancel() {
        Optional<Runnable> hears;
        lock.lock();
        try {
            cancelled = true;
            inputEnded = true;
            waiting.clear();
            hears = gone;
            gone = Optional.empty();
            news.signalAll();
        } finally {
            lock.unlock();
        }
        window.close();
        hears.ifPresent(Runnable::run);
    }

    /** Whether the last word has been said. */
    boolean isTold() {
        lock.lock();
        try {
            return told;
        } finally {
            lock.unlock();
        }
    }

    // What the node says

    @Override
    public boolean data(byte[] bytes, int offset, int length) {
        return piece(answer().setData(ByteString.copyFrom(bytes, offset, length)), length);
    }

    @Override
    public boolean errors(byte[] bytes, int offset, int length) {
        return piece(answer().setErrors(ByteString.copyFrom(bytes, offset, length)), length);
    }

    private boolean piece(TunnelAnswer.Builder piece, int length) {
        try {
            return window.take(length) && way.send(piece.build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void started() {
        say(answer().setStarted(Started.getDefaultInstance()));
    }

    @Override
    public void exited(int code) {
        lock.lock();
        try {
            told = true;
        } finally {
            lock.unlock();
        }
        say(answer().setExited(Exited.newBuilder().setCode(code)));
    }

    private void say(TunnelAnswer.Builder word) {
        try {
            way.send(word.build());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TunnelAnswer.Builder answer() {
        return TunnelAnswer.newBuilder().setId(id);
    }

    @Override
    public boolean cancelled() {
        lock.lock();
        try {
            return cancelled;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onResize(Screen hears) {
        Optional<TerminalSize> known;
        lock.lock();
        try {
            screen = Optional.of(hears);
            known = size;
        } finally {
            lock.unlock();
        }
        known.ifPresent(now -> hears.resized(now.getColumns(), now.getRows()));
    }

    @Override
    public void onCancel(Runnable hears) {
        boolean already;
        lock.lock();
        try {
            already = cancelled;
            gone = already ? Optional.empty() : Optional.of(hears);
        } finally {
            lock.unlock();
        }
        if (already) {
            hears.run();
        }
    }

    @Override
    public InputStream input() {
        return new Input();
    }

    /** The next piece; empty at the end. Gives leave to send more. */
    private Optional<byte[]> next() throws InterruptedException {
        byte[] piece;
        lock.lock();
        try {
            while (waiting.isEmpty()) {
                if (inputEnded) {
                    return Optional.empty();
                }
                news.await();
            }
            piece = waiting.remove();
            waitingCost -= SendWindow.cost(piece.length);
        } finally {
            lock.unlock();
        }
        way.send(answer().setCredit(Credit.newBuilder().setBytes(SendWindow.cost(piece.length)))
                .build());
        return Optional.of(piece);
    }

    private final class Input extends InputStream {
        private byte[] piece = new byte[0];
        private int at;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            try {
                while (at == piece.length) {
                    Optional<byte[]> next = next();
                    if (next.isEmpty()) {
                        return -1;
                    }
                    piece = next.get();
                    at = 0;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return -1;
            }
            int n = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, offset, n);
            at += n;
            return n;
        }
    }
}
