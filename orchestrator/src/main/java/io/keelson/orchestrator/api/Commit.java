package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.kind.Conversion;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Holdings;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.ResponseOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.store.Kv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * One transaction that writes or deletes one object, with what it holds, if everything is as it was when the decision was made.
 */
final class Commit {

    /** The same bound as etcd's for a request. */
    static final int MAX_OBJECT_BYTES = 3 * 512 * 1024;

    /** What came of it. */
    sealed interface Result {
        /**
         * It is done.
         *
         * @param revision at which
         * @param written what the object is now in the store, if that is the version in which it was given; empty for a delete
         */
        record Done(long revision, Optional<byte[]> written) implements Result {}

        /** The object, or what it was admitted by, is not as it was. Nothing was written: read and decide again. */
        record Raced() implements Result {}

        /** Another object holds this. Nothing was written. */
        record Taken(String key) implements Result {}
    }

    private final Kv kv;
    private final EventLease eventLease;

    Commit(Kv kv, EventLease eventLease) {
        this.kv = kv;
        this.eventLease = eventLease;
    }

    /**
     * Runs the transaction.
     *
     * @param before what is stored by what the caller has read; empty if nothing is
     * @param after what shall be stored; empty for a delete
     * @param terms what else must be as it was, and what else is to be written
     * @param guards the caller's own conditions; if one fails that is an {@link ApiException} with CONFLICT
     */
    Result run(
            Ref ref, Optional<Stored> before, Optional<ObjectNode> after, Admission.Terms terms, List<Compare> guards) {
        Map<String, String> heldBefore =
                before.map(stored -> Holdings.of(ref.kind(), stored.object())).orElse(Map.of());
        Map<String, String> heldAfter =
                after.map(object -> Holdings.of(ref.kind(), object)).orElse(Map.of());
        List<String> taking = new ArrayList<>(heldAfter.keySet());
        taking.removeAll(heldBefore.keySet());
        List<String> releasing = new ArrayList<>(heldBefore.keySet());
        releasing.removeAll(heldAfter.keySet());

        TxnRequest.Builder txn = TxnRequest.newBuilder();
        long revision = before.map(Stored::revision).orElse(0L);
        txn.addCompare(Keys.modRevision(ref.key(), revision));
        txn.addFailure(read(ref.key()));
        terms.unchanged().forEach((key, at) -> {
            txn.addCompare(Keys.modRevision(key, at));
            txn.addFailure(read(key));
        });
        terms.ranges().forEach((prefix, at) -> {
            txn.addCompare(Keys.unwrittenSince(prefix, at));
            txn.addFailure(readNewest(prefix));
        });
        for (String key : taking) {
            txn.addCompare(Keys.absent(key));
            txn.addFailure(read(key));
            txn.addSuccess(put(key, ref.key().getBytes(StandardCharsets.UTF_8), 0));
        }
        txn.addAllCompare(guards);
        Optional<byte[]> bytes = after.map(object -> bytes(ref, object));
        if (bytes.isPresent()) {
            long lease = ref.kind().stored().equals(Kinds.EVENT) ? eventLease.current() : 0;
            txn.addSuccess(put(ref.key(), bytes.get(), lease));
        } else {
            txn.addSuccess(delete(ref.key()));
        }
        releasing.forEach(key -> txn.addSuccess(delete(key)));
        terms.also().forEach((other, object) -> txn.addSuccess(put(other.key(), bytes(other, object), 0)));

        TxnResponse answer = Failures.translated(() -> kv.txn(txn.build()));
        return answer.getSucceeded()
                ? new Result.Done(
                        answer.getHeader().getRevision(),
                        bytes.filter(_ -> ref.kind().storedAs().isEmpty()))
                : failure(ref, revision, terms, taking, answer.getResponsesList());
    }

    private static Result failure(
            Ref ref, long revision, Admission.Terms terms, List<String> taking, List<ResponseOp> found) {
        int at = 0;
        if (modRevision(found.get(at++)) != revision) {
            return new Result.Raced();
        }
        for (long expected : terms.unchanged().values()) {
            if (modRevision(found.get(at++)) != expected) {
                return new Result.Raced();
            }
        }
        for (long newest : terms.ranges().values()) {
            if (modRevision(found.get(at++)) > newest) {
                return new Result.Raced();
            }
        }
        for (String key : taking) {
            if (modRevision(found.get(at++)) != 0) {
                return new Result.Taken(key);
            }
        }
        throw new ApiException(
                Rejection.conflict(ref.kind(), ref.name(), "a guard of the transaction does not hold any more"));
    }

    private static long modRevision(ResponseOp op) {
        var range = op.getResponseRange();
        return range.getKvsCount() == 0 ? 0 : range.getKvs(0).getModRevision();
    }

    private static byte[] bytes(Ref ref, ObjectNode object) {
        ObjectNode stored = Conversion.write(ref.kind(), object);
        if (Json.depth(stored, Json.MAX_DEPTH + 1) > Json.MAX_DEPTH) {
            // It could be written, and never be read again.
            throw new ApiException(Rejection.badRequest(
                    ref.kind(),
                    ref.name(),
                    ref.kind().qualifiedResource() + " \"" + ref.name()
                            + "\", with its metadata.managedFields, is nested" + " deeper than " + Json.MAX_DEPTH));
        }
        byte[] bytes = Json.write(stored);
        if (bytes.length > MAX_OBJECT_BYTES) {
            throw new ApiException(
                    Reason.REQUEST_ENTITY_TOO_LARGE,
                    "etcdserver: request is too large: " + ref.kind().qualifiedResource() + " \"" + ref.name()
                            + "\" has " + bytes.length + " bytes, and the limit is " + MAX_OBJECT_BYTES);
        }
        return bytes;
    }

    private static RequestOp read(String key) {
        return RequestOp.newBuilder()
                .setRequestRange(Keys.get(key).toBuilder().setKeysOnly(true))
                .build();
    }

    /** The key under a prefix that was written last. */
    private static RequestOp readNewest(String prefix) {
        return RequestOp.newBuilder()
                .setRequestRange(RangeRequest.newBuilder()
                        .setKey(Keys.bytes(prefix))
                        .setRangeEnd(Keys.end(prefix))
                        .setSortTarget(RangeRequest.SortTarget.MOD)
                        .setSortOrder(RangeRequest.SortOrder.DESCEND)
                        .setLimit(1)
                        .setKeysOnly(true))
                .build();
    }

    private static RequestOp put(String key, byte[] value, long lease) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder()
                        .setKey(Keys.bytes(key))
                        .setValue(ByteString.copyFrom(value))
                        .setLease(lease))
                .build();
    }

    private static RequestOp delete(String key) {
        return RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(Keys.bytes(key)))
                .build();
    }
}
