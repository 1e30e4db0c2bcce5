package io.keelson.chaos.client;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/** The first message of a stream. */
record FirstAnswer<T>(CompletableFuture<T> first) implements StreamObserver<T> {

    @Override
    public void onNext(T message) {
        first.complete(message);
    }

    @Override
    public void onError(Throwable problem) {
        first.completeExceptionally(problem);
    }

    @Override
    public void onCompleted() {
        first.completeExceptionally(
                Status.UNAVAILABLE.withDescription("the stream ended early").asRuntimeException());
    }
}
