package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.tunnel.SendWindow;
import io.keelson.proto.v1.Cancel;
import io.keelson.proto.v1.Credit;
import io.keelson.proto.v1.InputEnd;
import io.keelson.proto.v1.TerminalSize;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** One question on a tunnel, at the server. What comes up waits here, bounded by its window, to be read; the tunnel waits for nobody. */
final class TunnelStream implements NodeStream {

    /** The first word of a node that has begun to do what it was asked. */
    private static final Duration START = Duration.ofSeconds(30);

    private final Tunnel tunnel;
    private final long id;
    private final SendWindow window = new SendWindow();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Deque<Piece> waiting = new ArrayDeque<>();
    private int waitingCost;
    private boolean started;
    private boolean closed;
    private Optional<Piece.End> end = Optional.empty();
    private Optional<ApiException> failure = Optional.empty();

    TunnelStream(Tunnel tunnel, long id) {
        this.tunnel = tunnel;
        this.id = id;
    }

    // What the tunnel brings

    void answered(TunnelAnswer answer) {
        switch (answer.getAnswerCase()) {
            case DATA ->
                take(
                        new Piece.Output(answer.getData().toByteArray()),
                        answer.getData().size());
            case ERRORS ->
                take(
                        new Piece.Errors(answer.getErrors().toByteArray()),
                        answer.getErrors().size());
            case STARTED -> {
                lock.lock();
                try {
                    started = true;
                    news.signalAll();
                } finally {
                    lock.unlock();
                }
            }
            case DONE -> ended(new Piece.End(0));
            case EXITED -> ended(new Piece.End(answer.getExited().getCode()));
            case FAILURE ->
                failed(failure(
                        answer.getFailure().getCode(), answer.getFailure().getMessage()));
            case CREDIT -> window.give(answer.getCredit().getBytes());
            case HELLO, ANSWER_NOT_SET -> {}
        }
    }

    private static ApiException failure(int code, String message) {
        Reason reason = switch (code) {
            case 400 -> Reason.BAD_REQUEST;
            case 404 -> Reason.NOT_FOUND;
            case 429 -> Reason.TOO_MANY_REQUESTS;
            case 503 -> Reason.SERVICE_UNAVAILABLE;
            default -> Reason.INTERNAL_ERROR;
        };
        return new ApiException(reason, message);
    }

    private void take(Piece piece, int length) {
        int cost = SendWindow.cost(length);
        lock.lock();
        try {
            if (closed || over()) {
                return;
            }
            if (waitingCost + cost <= SendWindow.BYTES) {
                waitingCost += cost;
                waiting.add(piece);
                news.signalAll();
                return;
            }
        } finally {
            lock.unlock();
        }
        failed(new ApiException(Reason.INTERNAL_ERROR, "the node sent more than it was allowed"));
        tunnel.send(TunnelQuestion.newBuilder().setId(id).setCancel(Cancel.getDefaultInstance()));
    }

    private boolean over() {
        return end.isPresent() || failure.isPresent();
    }

    private void ended(Piece.End last) {
        lock.lock();
        try {
            if (!over()) {
                end = Optional.of(last);
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
        window.close();
        tunnel.forget(id);
    }

    /** What was read before the failure is still given out. */
    void failed(ApiException why) {
        lock.lock();
        try {
            if (!over()) {
                failure = Optional.of(why);
                news.signalAll();
            }
        } finally {
            lock.unlock();
        }
        window.close();
        tunnel.forget(id);
    }

    // What the asker does

    /** Waits until the node has begun. */
    TunnelStream begun() throws InterruptedException {
        boolean ok = false;
        try {
            awaitBeginning();
            ok = true;
        } finally {
            if (!ok) {
                close();
            }
        }
        return this;
    }

    private void awaitBeginning() throws InterruptedException {
        lock.lock();
        try {
            long nanos = START.toNanos();
            while (!started && !over() && nanos > 0) {
                nanos = news.awaitNanos(nanos);
            }
            if (!started && end.isEmpty()) {
                throw failure.orElseGet(() ->
                        new ApiException(Reason.TIMEOUT, "the node did not begin within " + START.toSeconds() + " s"));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Piece next(Duration patience) throws InterruptedException {
        Piece piece;
        int cost;
        lock.lock();
        try {
            long nanos = patience.toNanos();
            while (waiting.isEmpty() && !over() && !closed && nanos > 0) {
                nanos = news.awaitNanos(nanos);
            }
            if (waiting.isEmpty()) {
                return nothing();
            }
            piece = waiting.remove();
            cost = SendWindow.cost(
                    switch (piece) {
                        case Piece.Output output -> output.bytes().length;
                        case Piece.Errors errors -> errors.bytes().length;
                        case Piece.Silence _, Piece.End _ -> 0;
                    });
            waitingCost -= cost;
            if (over()) {
                return piece;
            }
        } finally {
            lock.unlock();
        }
        tunnel.send(TunnelQuestion.newBuilder()
                .setId(id)
                .setCredit(Credit.newBuilder().setBytes(cost)));
        return piece;
    }

    private Piece nothing() {
        if (end.isPresent()) {
            return end.get();
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return closed ? new Piece.End(0) : new Piece.Silence();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws InterruptedException {
        for (int at = offset; at < offset + length; at += SendWindow.PIECE_BYTES_MAX) {
            int n = Math.min(SendWindow.PIECE_BYTES_MAX, offset + length - at);
            if (!window.take(n)) {
                return;
            }
            tunnel.send(TunnelQuestion.newBuilder().setId(id).setInput(ByteString.copyFrom(bytes, at, n)));
        }
    }

    @Override
    public void endInput() {
        tunnel.send(TunnelQuestion.newBuilder().setId(id).setInputEnd(InputEnd.getDefaultInstance()));
    }

    @Override
    public void resize(int columns, int rows) {
        tunnel.send(TunnelQuestion.newBuilder()
                .setId(id)
                .setSize(TerminalSize.newBuilder().setColumns(columns).setRows(rows)));
    }

    @Override
    public void close() {
        boolean tell;
        lock.lock();
        try {
            tell = !closed && !over();
            closed = true;
            waiting.clear();
            waitingCost = 0;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        window.close();
        tunnel.forget(id);
        if (tell) {
            tunnel.send(TunnelQuestion.newBuilder().setId(id).setCancel(Cancel.getDefaultInstance()));
        }
    }
}
