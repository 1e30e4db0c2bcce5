package io.keelson.agent.rpc;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.keelson.agent.runtime.ContainerStreams;
import io.keelson.agent.stream.Answer;
import io.keelson.agent.stream.LogQuery;
import io.keelson.agent.stream.Questions;
import io.keelson.proto.v1.ContainerIo;
import io.keelson.proto.v1.Done;
import io.keelson.proto.v1.Failure;
import io.keelson.proto.v1.Hello;
import io.keelson.proto.v1.LogsQuestion;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The node's end of one tunnel, from its opening to its end. What comes down never waits here; what goes up may. */
final class TunnelEnd implements ClientResponseObserver<TunnelAnswer, TunnelQuestion> {
    /** Questions being answered at a time, per tunnel; more are refused with 429. */
    static final int QUESTIONS_MAX = 256;

    private final String node;
    private final Questions questions;
    private final InstantSource clock;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Map<Long, Talk> open = new ConcurrentHashMap<>();
    private final ReentrantLock sending = new ReentrantLock();
    private final Condition ready = sending.newCondition();
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile Optional<ClientCallStreamObserver<TunnelAnswer>> stream = Optional.empty();
    private volatile boolean answered;

    TunnelEnd(String node, Questions questions, InstantSource clock) {
        this.node = node;
        this.questions = questions;
        this.clock = clock;
    }

    /** Says hello, and stays until the tunnel has ended. */
    void run() throws InterruptedException {
        begun.await();
        sendNow(TunnelAnswer.newBuilder()
                .setHello(Hello.newBuilder().setNode(node))
                .build());
        try {
            ended.await();
        } finally {
            open.values().forEach(Talk::cancel);
            stream.ifPresent(s -> s.cancel("agent closes", null));
        }
    }

    /** Whether the server has ever said something. */
    boolean isAnswered() {
        return answered;
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

    /** Waits until the stream takes more; false when it has ended. */
    private boolean send(TunnelAnswer answer) throws InterruptedException {
        sending.lock();
        try {
            while (!stream.map(ClientCallStreamObserver::isReady).orElse(false)) {
                if (ended.getCount() == 0) {
                    return false;
                }
                ready.await();
            }
            return sendNow(answer);
        } finally {
            sending.unlock();
        }
    }

    private boolean sendNow(TunnelAnswer answer) {
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
        Optional<Talk> talk = Optional.ofNullable(open.get(id));
        switch (question.getQuestionCase()) {
            case CANCEL -> talk.ifPresent(Talk::cancel);
            case INPUT ->
                talk.filter(t -> !t.input(question.getInput())).ifPresent(t -> {
                    fail(id, 500, "more input than was allowed");
                    t.cancel();
                });
            case INPUT_END -> talk.ifPresent(Talk::inputEnd);
            case SIZE -> talk.ifPresent(t -> t.resized(question.getSize()));
            case CREDIT -> talk.ifPresent(t -> t.credit(question.getCredit().getBytes()));
            case LOGS, EXEC, ATTACH, CONNECT, USAGE -> begin(question);
            case QUESTION_NOT_SET -> fail(id, 501, "this agent does not know that question");
        }
    }

    private void begin(TunnelQuestion question) {
        long id = question.getId();
        if (open.size() >= QUESTIONS_MAX) {
            fail(id, 429, "node " + node + " answers " + QUESTIONS_MAX + " questions already");
            return;
        }
        Talk talk = new Talk(this::send, id);
        open.put(id, talk);
        Thread.ofVirtual().name("question-" + id).start(() -> {
            try {
                answer(question, talk);
                if (!talk.isTold()) {
                    sendNow(TunnelAnswer.newBuilder()
                            .setId(id)
                            .setDone(Done.getDefaultInstance())
                            .build());
                }
            } catch (Answer.Failed e) {
                fail(id, e.code(), String.valueOf(e.getMessage()));
            } catch (DateTimeException e) {
                fail(id, 400, "sinceTime: " + e.getMessage());
            } finally {
                open.remove(id);
                // Who still waits for input of it must go.
                talk.cancel();
            }
        });
        if (ended.getCount() == 0) {
            talk.cancel();
        }
    }

    private void answer(TunnelQuestion question, Talk talk) throws Answer.Failed {
        switch (question.getQuestionCase()) {
            case LOGS -> questions.logs(query(question.getLogs()), talk);
            case EXEC -> {
                var exec = question.getExec();
                questions.exec(
                        new Questions.Where(exec.getNamespace(), exec.getPod(), exec.getUid()),
                        exec.getContainer(),
                        exec.getCommandList(),
                        wanted(exec.getIo()),
                        talk);
            }
            case ATTACH -> {
                var attach = question.getAttach();
                questions.attach(
                        new Questions.Where(attach.getNamespace(), attach.getPod(), attach.getUid()),
                        attach.getContainer(),
                        wanted(attach.getIo()),
                        talk);
            }
            case CONNECT -> {
                var connect = question.getConnect();
                questions.connect(
                        new Questions.Where(connect.getNamespace(), connect.getPod(), connect.getUid()),
                        connect.getPort(),
                        talk);
            }
            case USAGE -> questions.usage(talk);
            default -> throw new Answer.Failed(501, "this agent does not know that question");
        }
    }

    private static ContainerStreams.Wanted wanted(ContainerIo io) {
        return new ContainerStreams.Wanted(io.getStdin(), io.getStdout(), io.getStderr(), io.getTty());
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

    private void fail(long id, int code, String message) {
        sendNow(TunnelAnswer.newBuilder()
                .setId(id)
                .setFailure(Failure.newBuilder().setCode(code).setMessage(message))
                .build());
    }

    @Override
    public void onError(Throwable failure) {
        if (Status.fromThrowable(failure).getCode() == Status.Code.PERMISSION_DENIED) {
            System.getLogger(TunnelEnd.class.getName())
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
        open.values().forEach(Talk::cancel);
    }
}
