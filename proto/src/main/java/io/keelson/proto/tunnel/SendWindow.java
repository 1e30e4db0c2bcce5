package io.keelson.proto.tunnel;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How much of one question's pieces may be on their way in one direction. */
public final class SendWindow {

    /** So many bytes may wait at the receiver; who sends more breaks the rules. */
    public static final int BYTES = 256 * 1024;

    /** What each piece counts beyond its length, so that many small ones do not fill the memory either. */
    public static final int PIECE_BYTES = 64;

    /** Longer pieces are to be cut: several must fit into the window. */
    public static final int PIECE_BYTES_MAX = 32 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int left = BYTES;
    private boolean closed;

    /** What a piece counts. */
    public static int cost(int length) {
        return length + PIECE_BYTES;
    }

    /**
     * Waits until a piece may be sent.
     *
     * @return false if nothing will be received any more
     */
    public boolean take(int length) throws InterruptedException {
        int cost = cost(length);
        if (cost > BYTES) {
            throw new IllegalArgumentException("a piece of " + length + " bytes");
        }
        lock.lock();
        try {
            while (left < cost && !closed) {
                changed.await();
            }
            left -= closed ? 0 : cost;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    /** The receiver has taken so much; what was never sent cannot be given back. */
    public void give(int bytes) {
        lock.lock();
        try {
            left = (int) Math.min(BYTES, (long) left + Math.max(0, bytes));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing will be received any more; who waits goes on. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
