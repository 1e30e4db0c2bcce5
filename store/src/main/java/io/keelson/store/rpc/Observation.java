package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.LeaderResponse;
import io.keelson.store.KvException;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.node.History;
import io.keelson.store.node.Replica;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One call of Observe: shows who leads, then what it says as it changes, then the next who leads. A cursor over history that only moves on
 * when the client has room, so a slow client costs nothing but its place; what was compacted meanwhile is left out.
 */
final class Observation implements Streams.Open {

    /** Changes of the leader's key that are read at once. */
    private static final int MAX_EVENTS = 100;

    private final ServerCallStreamObserver<LeaderResponse> client;
    private final Replica replica;
    private final Line line;
    private final Identity who;
    private final ByteString prefix;
    private final Headers headers;
    private final Streams streams;
    private final Turns turns;

    private @Nullable KeyValue leader;
    private long next;
    /** The revision at which we are woken. */
    private long asked;

    private boolean over;

    Observation(
            ServerCallStreamObserver<LeaderResponse> client,
            Replica replica,
            Line line,
            Identity who,
            ByteString prefix,
            Headers headers,
            Streams streams,
            Executor workers) {
        this.client = client;
        this.replica = replica;
        this.line = line;
        this.who = who;
        this.prefix = prefix;
        this.headers = headers;
        this.streams = streams;
        this.turns = new Turns(workers, this::turn);
    }

    /** Goes on as far as there is something to show and room for it. By any thread. */
    void wake() {
        turns.ask();
    }

    private synchronized void turn() {
        try {
            goOn();
        } catch (RuntimeException e) {
            end(Calls.report(e));
        }
    }

    private void goOn() {
        if (client.isCancelled()) {
            close();
        }
        while (!over && client.isReady()) {
            long revision = replica.history().revision();
            if (!(leader == null ? find() : follow(leader))) {
                if (asked <= revision) {
                    asked = revision + 1;
                    replica.history().whenReached(asked, this::wake);
                }
                return;
            }
        }
    }

    /** Shows who leads now, if somebody does. */
    private boolean find() {
        return replica.read(view -> {
            Optional<KeyValue> first = line.first(view, who, prefix);
            first.ifPresent(kv -> {
                leader = kv;
                next = view.revision() + 1;
                show(kv, view.revision());
            });
            return first.isPresent();
        });
    }

    /** Shows what the leader has said since; whether there is more to look at. */
    private boolean follow(KeyValue current) {
        if (next > replica.history().revision()) {
            return false;
        }
        try {
            History.Slice slice = replica.history().read(KeyRange.single(current.getKey()), next, false, MAX_EVENTS);
            next = slice.through() + 1;
            for (Event event : slice.events()) {
                if (event.getType() == Event.EventType.DELETE) {
                    leader = null;
                    return true;
                }
                show(event.getKv(), event.getKv().getModRevision());
            }
            return true;
        } catch (KvException e) {
            if (e.reason() != KvException.Reason.COMPACTED) {
                throw e;
            }
            leader = null;
            return true;
        }
    }

    private void show(KeyValue kv, long revision) {
        client.onNext(LeaderResponse.newBuilder()
                .setHeader(headers.at(revision))
                .setKv(kv)
                .build());
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
