package io.keelson.store.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs unary calls: begins each on the event loop, ends it on a worker if it may have to wait, and turns what is thrown into a status. The number of
 * calls under way is bounded, and with it the queue of the workers.
 */
final class Calls {

    /** Unary calls under way in one server; more are refused with "too many requests". etcd's bound is about the same. */
    static final int MAX_UNDER_WAY = 10_000;

    private static final System.Logger LOG = System.getLogger(Calls.class.getName());

    private final Executor workers;
    private final AtomicInteger underWay = new AtomicInteger();

    Calls(Executor workers) {
        this.workers = workers;
    }

    /**
     * Answers one call.
     *
     * @param begin runs at once and must not block; may throw a refusal
     * @param end makes the answer of what {@code begin} came to; may read the store; may throw a refusal
     */
    <R, T> void answer(StreamObserver<T> observer, Supplier<CompletableFuture<R>> begin, Function<R, T> end) {
        answer(observer, begin, _ -> Optional.empty(), end);
    }

    /**
     * Answers one call whose end need not wait for anything, on the thread on which {@code begin} completes.
     *
     * @param end must not block
     */
    <R, T> void answerAtOnce(StreamObserver<T> observer, Supplier<CompletableFuture<R>> begin, Function<R, T> end) {
        answer(observer, begin, result -> Optional.of(end.apply(result)), end);
    }

    /**
     * Answers one call whose end seldom has to wait: a hop to a worker costs as much as a small read.
     *
     * @param quick as {@code end}, on the thread on which {@code begin} completes; must not block; empty if it would have to
     */
    <R, T> void answer(
            StreamObserver<T> observer,
            Supplier<CompletableFuture<R>> begin,
            Function<R, Optional<T>> quick,
            Function<R, T> end) {
        // Without a handler, answering a call whose client has gone throws.
        ((ServerCallStreamObserver<T>) observer).setOnCancelHandler(() -> {});
        if (underWay.incrementAndGet() > MAX_UNDER_WAY) {
            underWay.decrementAndGet();
            observer.onError(Failures.TOO_MANY_REQUESTS.asRuntimeException());
            return;
        }
        CompletableFuture<R> begun;
        try {
            begun = begin.get();
        } catch (RuntimeException e) {
            begun = CompletableFuture.failedFuture(e);
        }
        var _ = begun.whenComplete((result, error) -> {
            if (error != null) {
                fail(observer, error);
                return;
            }
            Optional<T> answer;
            try {
                answer = quick.apply(result);
            } catch (RuntimeException e) {
                fail(observer, e);
                return;
            }
            if (answer.isPresent()) {
                succeed(observer, answer.get());
            } else {
                workers.execute(() -> finish(observer, result, end));
            }
        });
    }

    /** Answers a call that may take long, and whose number who began it bounds; its end runs on a worker. */
    <T> void answerLater(StreamObserver<T> observer, CompletableFuture<T> later) {
        var _ = later.whenCompleteAsync(
                (answer, error) -> {
                    if (error == null) {
                        observer.onNext(answer);
                        observer.onCompleted();
                    } else {
                        observer.onError(report(error).asRuntimeException());
                    }
                },
                workers);
    }

    private <R, T> void finish(StreamObserver<T> observer, R result, Function<R, T> end) {
        T answer;
        try {
            answer = end.apply(result);
        } catch (RuntimeException e) {
            fail(observer, e);
            return;
        }
        succeed(observer, answer);
    }

    private <T> void succeed(StreamObserver<T> observer, T answer) {
        underWay.decrementAndGet();
        observer.onNext(answer);
        observer.onCompleted();
    }

    private void fail(StreamObserver<?> observer, Throwable error) {
        underWay.decrementAndGet();
        observer.onError(report(error).asRuntimeException());
    }

    /** Answers a call for which nothing has to be waited for. */
    <T> void answer(StreamObserver<T> observer, Supplier<T> answer) {
        answer(observer, () -> CompletableFuture.completedFuture(observer), _ -> answer.get());
    }

    /** The status of an error; one that nobody expected is also logged, as the client's words seldom reach us. */
    static Status report(Throwable error) {
        Status status = Failures.status(error);
        if (status.getCode() == Status.Code.INTERNAL) {
            LOG.log(Level.ERROR, "A call failed in a way that it should not", error);
        }
        return status;
    }
}
