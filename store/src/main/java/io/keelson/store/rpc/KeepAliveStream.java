package io.keelson.store.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.LeaseKeepAliveRequest;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.ResponseHeader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongFunction;

/** One client's stream of renewals: one at a time, answered in order. The next is asked for when the last is answered. */
final class KeepAliveStream implements StreamObserver<LeaseKeepAliveRequest>, Streams.Open {

    private final ServerCallStreamObserver<LeaseKeepAliveResponse> client;
    private final LongFunction<CompletableFuture<Long>> keepAlive;
    private final Headers headers;
    private final Executor workers;
    private final Streams streams;
    private boolean renewing;
    private boolean halfClosed;
    private boolean done;

    /** @param keepAlive renews a lease and completes with its TTL in seconds, 0 if there is none */
    KeepAliveStream(
            ServerCallStreamObserver<LeaseKeepAliveResponse> client,
            LongFunction<CompletableFuture<Long>> keepAlive,
            Headers headers,
            Executor workers,
            Streams streams) {
        this.client = client;
        this.keepAlive = keepAlive;
        this.headers = headers;
        this.workers = workers;
        this.streams = streams;
    }

    @Override
    public synchronized void onNext(LeaseKeepAliveRequest request) {
        renewing = true;
        // Before renewing: a revoke at revision 3 must not look older than a renewal that claims revision 4.
        ResponseHeader header = headers.now();
        var _ = keepAlive
                .apply(request.getID())
                .whenCompleteAsync(
                        (ttl, error) -> {
                            if (error == null) {
                                renewed(LeaseKeepAliveResponse.newBuilder()
                                        .setHeader(header)
                                        .setID(request.getID())
                                        .setTTL(ttl)
                                        .build());
                            } else {
                                end(Calls.report(error));
                            }
                        },
                        workers);
    }

    private synchronized void renewed(LeaseKeepAliveResponse answer) {
        if (done) {
            return;
        }
        renewing = false;
        client.onNext(answer);
        if (halfClosed) {
            end(Status.OK);
        } else {
            client.request(1);
        }
    }

    @Override
    public synchronized void end(Status status) {
        if (done) {
            return;
        }
        gone();
        if (status.isOk()) {
            client.onCompleted();
        } else {
            client.onError(status.asRuntimeException());
        }
    }

    @Override
    public synchronized void onCompleted() {
        halfClosed = true;
        if (!renewing) {
            end(Status.OK);
        }
    }

    @Override
    public void onError(Throwable error) {
        gone();
    }

    /** The client does not listen any more. */
    synchronized void gone() {
        done = true;
        streams.closed(this);
    }
}
