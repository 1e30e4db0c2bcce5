package io.keelson.agent.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.keelson.agent.stream.Answer;
import io.keelson.agent.stream.LogQuery;
import io.keelson.agent.stream.Questions;
import io.keelson.proto.v1.Done;
import io.keelson.proto.v1.Failure;
import io.keelson.proto.v1.Hello;
import io.keelson.proto.v1.LogsQuestion;
import io.keelson.proto.v1.NodesGrpc;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Keeps one tunnel open to every server and answers what comes down. */
public final class Tunnels implements AutoCloseable {
    /** Questions being answered at a time, per tunnel; more are refused with 429. */
    static final int QUESTIONS_MAX = 64;

    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    private final Servers servers;
    private final String node;
    private final Questions questions;
    private final InstantSource clock;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    public Tunnels(Servers servers, String node, Questions questions, InstantSource clock) {
        this.servers = servers;
        this.node = node;
        this.questions = questions;
        this.clock = clock;
        for (int i = 0; i < servers.count(); i++) {
            int server = i;
            threads.add(Thread.ofVirtual().name("tunnel-" + servers.address(i)).start(() -> keep(server)));
        }
    }

    private void keep(int server) {
        var wait = RETRY_FIRST;
        try {
            while (!closed) {
                var tunnel = new Tunnel();
                NodesGrpc.newStub(servers.channel(server)).tunnel(tunnel);
                tunnel.run();
                wait = tunnel.answered ? RETRY_FIRST : min(wait.multipliedBy(2), RETRY_MAX);
                Thread.sleep(wait.toMillis() / 2 + ThreadLocalRandom.current().nextLong(wait.toMillis() / 2 + 1));
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }

    /** One stream, from its opening to its end. */
    private final class Tunnel implements ClientResponseObserver<TunnelAnswer, TunnelQuestion> {
        private final CountDownLatch ended = new CountDownLatch(1);
        private final Map<Long, TunnelledAnswer> open = new ConcurrentHashMap<>();
        private final ReentrantLock sending = new ReentrantLock();
        private final Condition ready = sending.newCondition();
        private final CountDownLatch begun = new CountDownLatch(1);
        private volatile Optional<ClientCallStreamObserver<TunnelAnswer>> stream = Optional.empty();
        private volatile boolean answered;

        private void run() throws InterruptedException {
            begun.await();
            send(TunnelAnswer.newBuilder()
                    .setHello(Hello.newBuilder().setNode(node))
                    .build());
            try {
                ended.await();
            } finally {
                open.values().forEach(TunnelledAnswer::cancel);
                stream.ifPresent(s -> s.cancel("agent closes", null));
            }
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<TunnelAnswer> requests) {
            requests.setOnReadyHandler(this::signal);
            stream = Optional.of(requests);
            begun.countDown();
        }

        private void signal() {
            sending.lock();
            try {
                ready.signalAll();
            } finally {
                sending.unlock();
            }
        }

        /** Waits until the stream takes more; false when it has ended or {@code unless} says so. */
        private boolean sendWhenReady(TunnelAnswer answer, TunnelledAnswer unless) throws InterruptedException {
            sending.lock();
            try {
                while (!stream.map(ClientCallStreamObserver::isReady).orElse(false)) {
                    if (unless.cancelled || ended.getCount() == 0) {
                        return false;
                    }
                    ready.await();
                }
                return send(answer);
            } finally {
                sending.unlock();
            }
        }

        private boolean send(TunnelAnswer answer) {
            sending.lock();
            try {
                if (ended.getCount() == 0 || stream.isEmpty()) {
                    return false;
                }
                stream.get().onNext(answer);
                return true;
            } finally {
                sending.unlock();
            }
        }

        @Override
        public void onNext(TunnelQuestion question) {
            answered = true;
            long id = question.getId();
            switch (question.getQuestionCase()) {
                case LOGS -> begin(id, question.getLogs());
                case CANCEL -> Optional.ofNullable(open.get(id)).ifPresent(TunnelledAnswer::cancel);
                case QUESTION_NOT_SET -> fail(id, 501, "this agent does not know that question");
            }
        }

        private void begin(long id, LogsQuestion question) {
            if (open.size() >= QUESTIONS_MAX) {
                fail(id, 429, "node " + node + " answers " + QUESTIONS_MAX + " questions already");
                return;
            }
            var answer = new TunnelledAnswer(this, id);
            open.put(id, answer);
            Thread.ofVirtual().name("question-" + id).start(() -> {
                try {
                    questions.logs(query(question), answer);
                    send(TunnelAnswer.newBuilder()
                            .setId(id)
                            .setDone(Done.getDefaultInstance())
                            .build());
                } catch (Answer.Failed e) {
                    fail(id, e.code(), String.valueOf(e.getMessage()));
                } catch (DateTimeException e) {
                    fail(id, 400, "sinceTime: " + e.getMessage());
                } finally {
                    open.remove(id);
                }
            });
        }

        private void fail(long id, int code, String message) {
            send(TunnelAnswer.newBuilder()
                    .setId(id)
                    .setFailure(Failure.newBuilder().setCode(code).setMessage(message))
                    .build());
        }

        @Override
        public void onError(Throwable failure) {
            if (Status.fromThrowable(failure).getCode() == Status.Code.PERMISSION_DENIED) {
                System.getLogger(Tunnels.class.getName())
                        .log(System.Logger.Level.WARNING, "tunnel refused: " + failure.getMessage());
            }
            end();
        }

        @Override
        public void onCompleted() {
            end();
        }

        private void end() {
            ended.countDown();
            signal();
        }
    }

    private LogQuery query(LogsQuestion q) {
        Optional<Instant> since = q.hasSinceSeconds()
                ? Optional.of(clock.instant().minusSeconds(q.getSinceSeconds()))
                : q.getSinceTime().isEmpty()
                        ? Optional.empty()
                        : Optional.of(OffsetDateTime.parse(q.getSinceTime()).toInstant());
        return new LogQuery(
                q.getNamespace(),
                q.getPod(),
                q.getUid(),
                q.getContainer(),
                q.getFollow(),
                q.getPrevious(),
                q.getTimestamps(),
                q.hasTailLines() ? OptionalLong.of(q.getTailLines()) : OptionalLong.empty(),
                since,
                q.hasLimitBytes() ? OptionalLong.of(q.getLimitBytes()) : OptionalLong.empty());
    }

    private static final class TunnelledAnswer implements Answer {
        private final Tunnel tunnel;
        private final long id;
        private volatile boolean cancelled;

        private TunnelledAnswer(Tunnel tunnel, long id) {
            this.tunnel = tunnel;
            this.id = id;
        }

        private void cancel() {
            cancelled = true;
            tunnel.signal();
        }

        @Override
        public boolean cancelled() {
            return cancelled || tunnel.ended.getCount() == 0;
        }

        @Override
        public boolean data(byte[] bytes, int offset, int length) {
            var piece = TunnelAnswer.newBuilder()
                    .setId(id)
                    .setData(ByteString.copyFrom(bytes, offset, length))
                    .build();
            try {
                return !cancelled() && tunnel.sendWhenReady(piece, this);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
