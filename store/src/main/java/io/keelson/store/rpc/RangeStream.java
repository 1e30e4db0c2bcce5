package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RangeStreamResponse;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.RangePage;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import java.util.concurrent.Executor;

/**
 * One call of RangeStream: the range in pieces, all of the revision of the first. A piece is read when the client has room for it, so one
 * piece is all that is in memory for a slow client; nothing is held open between two. What is compacted meanwhile ends the stream.
 *
 * <p>Pieces begin small, so that the first comes soon, and grow: 10 keys, 20, 40 ..., but not above a number of bytes.
 */
final class RangeStream implements Streams.Open {

    static final int FIRST_KEYS = 10;

    private static final int MAX_KEYS = 1 << 20;

    private final ServerCallStreamObserver<RangeStreamResponse> client;
    private final Replica replica;
    private final Guard guard;
    private final Headers headers;
    private final Streams streams;
    private final Identity who;
    private final RangeRequest request;
    private final long maxBytes;
    private final Turns turns;

    private ByteString from;
    private long revision;
    private long sent;
    private int keys = FIRST_KEYS;
    private volatile boolean begun;
    private boolean over;

    /** @param maxBytes of keys and values in one piece, but for one key that is larger */
    RangeStream(
            ServerCallStreamObserver<RangeStreamResponse> client,
            Replica replica,
            Guard guard,
            Headers headers,
            Streams streams,
            Executor workers,
            Identity who,
            RangeRequest request,
            long maxBytes) {
        this.client = client;
        this.replica = replica;
        this.guard = guard;
        this.headers = headers;
        this.streams = streams;
        this.who = who;
        this.request = request;
        this.maxBytes = maxBytes;
        this.from = request.getKey();
        this.revision = Math.max(0, request.getRevision());
        this.turns = new Turns(workers, this::turn);
    }

    /** Begins to send, once what the client may expect to see is here. */
    void begin() {
        begun = true;
        turns.ask();
    }

    /** Goes on if the client has room. By any thread. */
    void wake() {
        turns.ask();
    }

    private synchronized void turn() {
        try {
            if (client.isCancelled() && !over) {
                close();
            }
            while (begun && !over && client.isReady()) {
                piece();
            }
        } catch (RuntimeException e) {
            end(Calls.report(e));
        }
    }

    private void piece() {
        RangeResponse piece = replica.read(this::read);
        client.onNext(RangeStreamResponse.newBuilder().setRangeResponse(piece).build());
        if (over) {
            client.onCompleted();
        }
    }

    private RangeResponse read(View view) {
        guard.check(view, who, caller -> Permits.read(view.auth(), caller, request.getKey(), request.getRangeEnd()));
        Failures.check(Ranges.check(
                view, RangeRequest.newBuilder().setRevision(revision).build()));
        if (revision == 0) {
            revision = view.revision();
        }
        if (request.getCountOnly() || request.getRangeEnd().isEmpty()) {
            close();
            return Ranges.read(view, request.toBuilder().setRevision(revision).build()).toBuilder()
                    .setHeader(headers.at(view.revision()))
                    .build();
        }
        long left = request.getLimit() > 0 ? request.getLimit() - sent : Long.MAX_VALUE;
        RangePage page = RangePage.read(view, request, from, revision, Math.min(keys, left), maxBytes);
        sent += page.kvs().size();
        var piece = RangeResponse.newBuilder().addAllKvs(page.kvs());
        boolean last = page.next().isEmpty() || page.kvs().size() >= left;
        if (last) {
            close();
            long rest = page.next()
                    .map(next -> RangePage.count(view, request, next, revision))
                    .orElse(0L);
            return piece.setHeader(headers.at(view.revision()))
                    .setMore(page.next().isPresent())
                    .setCount(sent + rest)
                    .build();
        }
        from = page.next().orElseThrow();
        keys = page.bytes() < maxBytes / 2 ? Math.min(keys * 2, MAX_KEYS) : Math.max(1, keys / 2);
        return piece.build();
    }

    private void close() {
        over = true;
        streams.closed(this);
    }

    @Override
    public synchronized void end(Status status) {
        if (!over) {
            close();
            client.onError(status.asRuntimeException());
        }
    }
}
