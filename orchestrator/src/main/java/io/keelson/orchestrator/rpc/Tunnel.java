package io.keelson.orchestrator.rpc;

import io.grpc.stub.StreamObserver;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.v1.Credit;
import io.keelson.proto.v1.TunnelAnswer;
import io.keelson.proto.v1.TunnelQuestion;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** One agent's tunnel: questions go down, pieces of answers come up, each to the one who asked. */
final class Tunnel {

    /** So many questions may be open at once on a tunnel; one more is refused. */
    private static final int MAX_QUESTIONS = 256;

    /** No question has the number 0, so an agent of any age has nothing to do. */
    private static final TunnelQuestion NOTHING =
            TunnelQuestion.newBuilder().setCredit(Credit.getDefaultInstance()).build();

    private final StreamObserver<TunnelQuestion> down;
    private final ReentrantLock sending = new ReentrantLock();
    private final AtomicLong lastId = new AtomicLong();
    private final Map<Long, TunnelStream> open = new ConcurrentHashMap<>();
    private volatile Optional<String> broken = Optional.empty();

    Tunnel(StreamObserver<TunnelQuestion> down) {
        this.down = down;
    }

    /**
     * Asks.
     *
     * @throws ApiException TOO_MANY_REQUESTS if too much is asked already
     */
    TunnelStream ask(TunnelQuestion.Builder question) {
        if (open.size() >= MAX_QUESTIONS) {
            throw new ApiException(
                    Reason.TOO_MANY_REQUESTS,
                    MAX_QUESTIONS + " logs, commands and connections of this node are open already");
        }
        long id = lastId.incrementAndGet();
        TunnelStream stream = new TunnelStream(this, id);
        open.put(id, stream);
        send(question.setId(id));
        // It may have broken before the question was among those that are told so.
        broken.ifPresent(why -> stream.failed(lost(why)));
        return stream;
    }

    void send(TunnelQuestion.Builder question) {
        sending.lock();
        try {
            if (broken.isEmpty()) {
                down.onNext(question.build());
            }
        } catch (RuntimeException e) {
            broken("the connection to the node is lost: " + e.getMessage());
        } finally {
            sending.unlock();
        }
    }

    /**
     * Sends a word that asks nothing, since a connection that has broken off is told of by nobody: only who writes to it learns that.
     *
     * @return whether the tunnel is still there, as far as can be known
     */
    boolean isThere() {
        sending.lock();
        try {
            if (broken.isPresent()) {
                return false;
            }
            down.onNext(NOTHING);
            return true;
        } catch (RuntimeException e) {
            return false;
        } finally {
            sending.unlock();
        }
    }

    void forget(long id) {
        open.remove(id);
    }

    /** Takes an answer of the agent. One that has crossed with our cancel is nobody's. */
    void answered(TunnelAnswer answer) {
        Optional.ofNullable(open.get(answer.getId())).ifPresent(stream -> stream.answered(answer));
    }

    /** Ends every open question. */
    void broken(String why) {
        broken = Optional.of(why);
        open.values().forEach(stream -> stream.failed(lost(why)));
    }

    private static ApiException lost(String why) {
        return new ApiException(Reason.SERVICE_UNAVAILABLE, why);
    }
}
