package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.LogStream;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.v1.Cancel;
import io.keelson.proto.v1.LogsQuestion;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** One agent's tunnel: questions go down, pieces of answers come up, each to the one who asked. */
final class Tunnel {

    /** So many questions may be open at once on a tunnel; one more is refused. */
    private static final int MAX_QUESTIONS = 64;

    /**
     * So many pieces of an answer wait for their reader. When they are full the whole tunnel waits, so that a long log comes no faster than
     * it is read; after {@link #SLOW_READER} the reader is cut off, so that one who has stopped reading does not stop the others.
     */
    private static final int MAX_WAITING_PIECES = 64;

    private static final Duration SLOW_READER = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final StreamObserver<TunnelQuestion> down;
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, Question> open = new ConcurrentHashMap<>();
    private volatile Optional<String> broken = Optional.empty();

    Tunnel(StreamObserver<TunnelQuestion> down) {
        this.down = down;
    }

    LogStream ask(LogsQuestion logs) {
        if (open.size() >= MAX_QUESTIONS) {
            throw new ApiException(
                    Reason.TOO_MANY_REQUESTS, MAX_QUESTIONS + " logs are being read from this node already");
        }
        long id = lastId.incrementAndGet();
        Question question = new Question(id);
        open.put(id, question);
        send(TunnelQuestion.newBuilder().setId(id).setLogs(logs).build());
        return question;
    }

    private void send(TunnelQuestion question) {
        sending.lock();
        try {
            down.onNext(question);
        } catch (RuntimeException e) {
            broken("the connection to the node is lost: " + e.getMessage());
        } finally {
            sending.unlock();
        }
    }

    private void cancel(long id) {
        if (broken.isEmpty()) {
            send(TunnelQuestion.newBuilder()
                    .setId(id)
                    .setCancel(Cancel.getDefaultInstance())
                    .build());
        }
    }

    /** Takes an answer of the agent; may wait for its reader. */
    void answered(TunnelAnswer answer) throws InterruptedException {
        Question question = open.get(answer.getId());
        if (question == null) {
            // Crossed with our cancel.
            return;
        }
        switch (answer.getAnswerCase()) {
            case DATA -> question.take(new Piece.Data(answer.getData()));
            case DONE -> question.take(new Piece.End());
            case FAILURE ->
                question.take(new Piece.Failed(failure(
                        answer.getFailure().getCode(), answer.getFailure().getMessage())));
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

    /** Ends every open question. */
    void broken(String why) {
        broken = Optional.of(why);
    }

    private sealed interface Piece {
        record Data(ByteString bytes) implements Piece {}

        record End() implements Piece {}

        record Failed(ApiException failure) implements Piece {}
    }

    private final class Question implements LogStream {

        private final long id;
        private final BlockingQueue<Piece> waiting = new ArrayBlockingQueue<>(MAX_WAITING_PIECES);
        private volatile boolean tooSlow;
        private volatile boolean ended;

        Question(long id) {
            this.id = id;
        }

        void take(Piece piece) throws InterruptedException {
            if (tooSlow) {
                return;
            }
            if (!(piece instanceof Piece.Data)) {
                ended = true;
            }
            if (!waiting.offer(piece, SLOW_READER.toMillis(), TimeUnit.MILLISECONDS)) {
                tooSlow = true;
                open.remove(id);
                if (!ended) {
                    cancel(id);
                }
            }
        }

        @Override
        public Optional<byte[]> next(Duration patience) throws InterruptedException {
            long deadline = System.nanoTime() + patience.toNanos();
            while (true) {
                Piece piece = waiting.poll(LOOK.toMillis(), TimeUnit.MILLISECONDS);
                switch (piece) {
                    case Piece.Data data -> {
                        return Optional.of(data.bytes().toByteArray());
                    }
                    case Piece.End _ -> {
                        return Optional.empty();
                    }
                    case Piece.Failed failed -> throw failed.failure();
                    case null -> checkAlive();
                }
                if (System.nanoTime() > deadline) {
                    return Optional.of(new byte[0]);
                }
            }
        }

        private void checkAlive() {
            if (tooSlow) {
                throw new ApiException(
                        Reason.TIMEOUT, "the log was not read for " + SLOW_READER.toSeconds() + " s and was cut off");
            }
            broken.ifPresent(why -> {
                throw new ApiException(Reason.SERVICE_UNAVAILABLE, why);
            });
        }

        @Override
        public void close() {
            if (open.remove(id) != null && !ended) {
                cancel(id);
            }
        }
    }
}
