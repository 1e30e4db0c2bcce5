package io.keelson.chaos.workload;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.keelson.chaos.check.Operation;
import io.keelson.chaos.check.Operation.Action;
import io.keelson.chaos.check.Operation.Outcome;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;

/**
 * Clients that read counters and set them to a new value on condition that they are still as read, over the etcd API, each
 * through a server of its own until that one fails. Every new value is used once, so a history tells which write is which.
 */
public final class Counters {

    /** All keys of the workload begin so. */
    public static final String PREFIX = "chaos/counter/";

    /** An answer that takes longer counts as none: the outcome is unknown. */
    private static final long DEADLINE_MILLIS = 3_000;

    private final Access access;
    private final int keys;
    private final AtomicLong values = new AtomicLong();
    private final Queue<Operation> history = new ConcurrentLinkedQueue<>();

    /**
     * A workload that has not begun.
     *
     * @param access the cluster
     * @param keys number of counters; few keys mean many conflicts
     */
    public Counters(Access access, int keys) {
        this.access = access;
        this.keys = keys;
    }

    /** What has been seen so far. */
    public List<Operation> history() {
        return List.copyOf(history);
    }

    /** Runs one client in the calling thread until told to stop. */
    public void run(int client, long seed, BooleanSupplier stop) throws SSLException {
        var random = new Random(seed * 31 + client);
        try (Endpoints endpoints = access.storeEndpoints(client)) {
            while (!stop.getAsBoolean()) {
                String key = PREFIX + random.nextInt(keys);
                Operation read = read(endpoints, client, key);
                history.add(read);
                if (read.outcome() instanceof Outcome.Done seen && random.nextInt(4) != 0) {
                    history.add(compareAndSet(endpoints, client, key, seen));
                }
            }
        }
    }

    private Operation read(Endpoints endpoints, int client, String key) {
        long invoked = System.nanoTime();
        Outcome outcome;
        try {
            RangeResponse response = stub(endpoints).range(range(key));
            outcome = done(response);
        } catch (StatusRuntimeException e) {
            endpoints.turn();
            outcome = new Outcome.Unknown();
        }
        return new Operation(client, key, new Action.Read(), outcome, invoked, System.nanoTime());
    }

    private Operation compareAndSet(Endpoints endpoints, int client, String key, Outcome.Done seen) {
        long next = values.incrementAndGet();
        var request = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(seen.modRevision()))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(key))
                                .setValue(ByteString.copyFromUtf8(Long.toString(next)))))
                .addFailure(RequestOp.newBuilder().setRequestRange(range(key)))
                .build();
        long invoked = System.nanoTime();
        Outcome outcome;
        try {
            TxnResponse response = stub(endpoints).txn(request);
            long revision = response.getHeader().getRevision();
            if (response.getSucceeded()) {
                outcome = new Outcome.Done(next, revision, revision);
            } else {
                Outcome.Done live = done(response.getResponses(0).getResponseRange().toBuilder()
                        .setHeader(response.getHeader())
                        .build());
                outcome = new Outcome.Refused(live.value(), live.modRevision(), live.headerRevision());
            }
        } catch (StatusRuntimeException e) {
            endpoints.turn();
            outcome = new Outcome.Unknown();
        }
        return new Operation(
                client, key, new Action.CompareAndSet(seen.value(), next), outcome, invoked, System.nanoTime());
    }

    private static KVGrpc.KVBlockingStub stub(Endpoints endpoints) {
        return KVGrpc.newBlockingStub(endpoints.channel()).withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private static RangeRequest range(String key) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }

    private static Outcome.Done done(RangeResponse response) {
        long revision = response.getHeader().getRevision();
        if (response.getKvsCount() == 0) {
            return new Outcome.Done(0, 0, revision);
        }
        KeyValue kv = response.getKvs(0);
        return new Outcome.Done(Long.parseLong(kv.getValue().toStringUtf8()), kv.getModRevision(), revision);
    }
}
