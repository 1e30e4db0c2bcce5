package io.keelson.chaos.client;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrpc;
import io.keelson.proto.etcd.LeaseKeepAliveRequest;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.LeaseRevokeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.ResponseOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One client of one member. One operation at a time; each is tried once and recorded. */
public final class Client implements AutoCloseable {

    /** An answer that takes longer counts as none. Longer than an election, shorter than the server's own patience. */
    private static final long DEADLINE_MILLIS = 3_000;

    private static final long PAUSE_AFTER_FAILURE_MILLIS = 50;

    /** Refusals that say for certain that nothing happened: the request was judged, or never taken. */
    private static final List<Status.Code> CERTAIN = List.of(
            Status.Code.INVALID_ARGUMENT,
            Status.Code.NOT_FOUND,
            Status.Code.OUT_OF_RANGE,
            Status.Code.FAILED_PRECONDITION,
            Status.Code.RESOURCE_EXHAUSTED,
            Status.Code.UNIMPLEMENTED);

    private final int number;
    private final String workload;
    private final Recorder recorder;
    private volatile Line line;

    /** A member and the connection to it. */
    private record Line(int member, ManagedChannel channel) {
        static Line to(int member, String address) {
            return new Line(
                    member,
                    NettyChannelBuilder.forTarget(address)
                            .usePlaintext()
                            .disableRetry()
                            .maxInboundMessageSize(64 << 20)
                            .build());
        }
    }

    /**
     * Connects when it is used.
     *
     * @param number the client's number, which no other client has
     * @param workload what it works for
     * @param member index of the member
     * @param address {@code host:port} of the member
     * @param recorder where operations are noted
     */
    public Client(int number, String workload, int member, String address, Recorder recorder) {
        this.number = number;
        this.workload = workload;
        this.recorder = recorder;
        this.line = Line.to(member, address);
    }

    /** Asks another member from now on. What is under way comes to its end where it is. */
    public void moveTo(int member, String address) {
        Line before = line;
        if (before.member != member) {
            line = Line.to(member, address);
            before.channel.shutdown();
        }
    }

    /** The client's number. */
    public int number() {
        return number;
    }

    /** Index of the member that it talks to. */
    public int member() {
        return line.member;
    }

    /** The connection, for what is not an operation on keys. */
    public ManagedChannel channel() {
        return line.channel;
    }

    /** Where its operations are noted. */
    public Recorder recorder() {
        return recorder;
    }

    // ---- operations ------------------------------------------------------------------------------------------------

    /** Reads keys as they are now. */
    public Result read(Keys keys) {
        return read(keys, false, 0);
    }

    /** Reads keys; see {@link Request.Read}. */
    public Result read(Keys keys, boolean serializable, long revision) {
        return run(new Request.Read(keys, serializable, revision), () -> {
            RangeResponse answer = kv().range(range(keys).toBuilder()
                    .setSerializable(serializable)
                    .setRevision(revision)
                    .build());
            return new Result.Ok(answer.getHeader().getRevision(), Wire.found(answer));
        });
    }

    /** Puts, deletes or runs a transaction. A single step without conditions goes by its own call. */
    public Result write(Write write) {
        boolean single = write.conditions().isEmpty()
                && write.then().size() == 1
                && write.otherwise().isEmpty();
        return run(write, () -> {
            if (single && write.then().getFirst() instanceof Action.Put put) {
                var answer = kv().put(put(put));
                return new Result.Ok(answer.getHeader().getRevision(), branch(new Body.Nothing()));
            }
            if (single && write.then().getFirst() instanceof Action.Delete(Keys keys)) {
                var answer = kv().deleteRange(delete(keys));
                return new Result.Ok(answer.getHeader().getRevision(), branch(new Body.Deleted(answer.getDeleted())));
            }
            TxnResponse answer = kv().txn(txn(write));
            return new Result.Ok(answer.getHeader().getRevision(), body(answer));
        });
    }

    private static Body branch(Body step) {
        return new Body.Branch(true, List.of(step));
    }

    /** Makes a lease. */
    public Result grant(long lease, long seconds) {
        return run(new Request.Grant(lease, seconds), () -> {
            var answer = lease().leaseGrant(LeaseGrantRequest.newBuilder()
                    .setID(lease)
                    .setTTL(seconds)
                    .build());
            return new Result.Ok(answer.getHeader().getRevision(), new Body.Lifetime(answer.getTTL()));
        });
    }

    /** Ends a lease. */
    public Result revoke(long lease) {
        return run(new Request.Revoke(lease), () -> {
            var answer = lease().leaseRevoke(
                            LeaseRevokeRequest.newBuilder().setID(lease).build());
            return new Result.Ok(answer.getHeader().getRevision(), new Body.Nothing());
        });
    }

    /** Renews a lease, on a stream of its own. */
    public Result keepAlive(long lease) {
        return run(new Request.KeepAlive(lease), () -> {
            var first = new CompletableFuture<LeaseKeepAliveResponse>();
            var requests = LeaseGrpc.newStub(channel())
                    .withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS)
                    .leaseKeepAlive(new FirstAnswer<>(first));
            requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
            try {
                LeaseKeepAliveResponse answer = first.get(DEADLINE_MILLIS + 1_000, TimeUnit.MILLISECONDS);
                requests.onCompleted();
                return new Result.Ok(answer.getHeader().getRevision(), new Body.Lifetime(answer.getTTL()));
            } catch (ExecutionException e) {
                throw e.getCause() instanceof StatusRuntimeException status ? status : new IllegalStateException(e);
            } catch (TimeoutException e) {
                return new Result.Unknown("no answer on the stream");
            }
        });
    }

    /** Gives up history. */
    public Result compact(long revision) {
        return run(new Request.Compact(revision), () -> {
            var answer = kv().compact(
                            CompactionRequest.newBuilder().setRevision(revision).build());
            return new Result.Ok(answer.getHeader().getRevision(), new Body.Nothing());
        });
    }

    /** Notes a time for which this client believed to hold a lock. */
    public void held(String lock, long token, long from) {
        recorder.add(new Op(
                number,
                workload,
                member(),
                new Request.Hold(lock, token),
                new Result.Ok(token, new Body.Nothing()),
                from,
                recorder.now()));
    }

    private interface Call {
        Result run() throws InterruptedException;
    }

    private Result run(Request request, Call call) {
        int member = member();
        long invoked = recorder.now();
        Result result;
        boolean failed = false;
        try {
            result = call.run();
            if (result instanceof Result.Ok ok) {
                recorder.seen(ok.revision());
            }
        } catch (StatusRuntimeException e) {
            String why = e.getStatus().getCode() + " " + e.getStatus().getDescription();
            boolean certain = CERTAIN.contains(e.getStatus().getCode());
            result = certain ? new Result.Refused(why) : new Result.Unknown(why);
            failed = !certain;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            result = new Result.Unknown("interrupted");
        }
        recorder.add(new Op(number, workload, member, request, result, invoked, recorder.now()));
        if (failed) {
            pause();
        }
        return result;
    }

    /** A member that is down answers at once that it is not there; asking it without a pause would only make heat. */
    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MILLIS);
            channel().resetConnectBackoff();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private KVGrpc.KVBlockingStub kv() {
        return KVGrpc.newBlockingStub(channel()).withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private LeaseGrpc.LeaseBlockingStub lease() {
        return LeaseGrpc.newBlockingStub(channel()).withDeadlineAfter(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        channel().shutdownNow();
    }

    // ---- to the wire -----------------------------------------------------------------------------------------------

    private static RangeRequest range(Keys keys) {
        return RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(keys.from()))
                .setRangeEnd(ByteString.copyFromUtf8(keys.end()))
                .build();
    }

    private static PutRequest put(Action.Put put) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(put.key()))
                .setValue(ByteString.copyFromUtf8(put.value()))
                .setLease(put.lease())
                .build();
    }

    private static DeleteRangeRequest delete(Keys keys) {
        return DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(keys.from()))
                .setRangeEnd(ByteString.copyFromUtf8(keys.end()))
                .build();
    }

    private static TxnRequest txn(Write write) {
        var txn = TxnRequest.newBuilder();
        for (Condition condition : write.conditions()) {
            var compare = Compare.newBuilder()
                    .setKey(ByteString.copyFromUtf8(condition.key()))
                    .setResult(Compare.CompareResult.EQUAL);
            switch (condition.field()) {
                case CREATE -> compare.setTarget(Compare.CompareTarget.CREATE).setCreateRevision(condition.expected());
                case MOD -> compare.setTarget(Compare.CompareTarget.MOD).setModRevision(condition.expected());
                case VERSION -> compare.setTarget(Compare.CompareTarget.VERSION).setVersion(condition.expected());
            }
            txn.addCompare(compare);
        }
        write.then().forEach(action -> txn.addSuccess(step(action)));
        write.otherwise().forEach(action -> txn.addFailure(step(action)));
        return txn.build();
    }

    private static RequestOp step(Action action) {
        return switch (action) {
            case Action.Put put ->
                RequestOp.newBuilder().setRequestPut(put(put)).build();
            case Action.Delete(Keys keys) ->
                RequestOp.newBuilder().setRequestDeleteRange(delete(keys)).build();
            case Action.Get(Keys keys) ->
                RequestOp.newBuilder().setRequestRange(range(keys)).build();
        };
    }

    private static Body body(TxnResponse answer) {
        var steps = new ArrayList<Body>();
        for (ResponseOp step : answer.getResponsesList()) {
            steps.add(
                    switch (step.getResponseCase()) {
                        case RESPONSE_RANGE -> Wire.found(step.getResponseRange());
                        case RESPONSE_DELETE_RANGE ->
                            new Body.Deleted(step.getResponseDeleteRange().getDeleted());
                        case RESPONSE_PUT, RESPONSE_TXN, RESPONSE_NOT_SET -> new Body.Nothing();
                    });
        }
        return new Body.Branch(answer.getSucceeded(), List.copyOf(steps));
    }
}
