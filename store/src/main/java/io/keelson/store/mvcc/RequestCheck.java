package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** What can be said against a request without looking at the store. */
public final class RequestCheck {

    /** Operations of a transaction unless the operator says otherwise ({@code --max-txn-ops}). */
    public static final int MAX_TXN_OPS = 128;

    private RequestCheck() {}

    /** Why this range request is not well formed. */
    public static Optional<Refusal> check(RangeRequest request) {
        if (request.getKey().isEmpty()) {
            return Optional.of(Refusal.EMPTY_KEY);
        }
        if (request.getSortOrder() == RangeRequest.SortOrder.UNRECOGNIZED
                || request.getSortTarget() == RangeRequest.SortTarget.UNRECOGNIZED) {
            return Optional.of(Refusal.INVALID_SORT_OPTION);
        }
        return Optional.empty();
    }

    /** Why this put is not well formed. */
    public static Optional<Refusal> check(PutRequest request) {
        if (request.getKey().isEmpty()) {
            return Optional.of(Refusal.EMPTY_KEY);
        }
        if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
            return Optional.of(Refusal.VALUE_PROVIDED);
        }
        if (request.getIgnoreLease() && request.getLease() != 0) {
            return Optional.of(Refusal.LEASE_PROVIDED);
        }
        return Optional.empty();
    }

    /** Why this delete is not well formed. */
    public static Optional<Refusal> check(DeleteRangeRequest request) {
        return request.getKey().isEmpty() ? Optional.of(Refusal.EMPTY_KEY) : Optional.empty();
    }

    /** As {@link #check(TxnRequest, int)} with {@link #MAX_TXN_OPS}. */
    public static Optional<Refusal> check(TxnRequest request) {
        return check(request, MAX_TXN_OPS);
    }

    /**
     * Why this transaction is not well formed: each part, the number of operations, and keys put twice.
     *
     * @param maxOps the largest of compares, success and failure may have so many; a nested transaction, what its parent leaves
     */
    public static Optional<Refusal> check(TxnRequest request, int maxOps) {
        return parts(request, maxOps)
                .or(() -> writes(request.getSuccessList()).refusal())
                .or(() -> writes(request.getFailureList()).refusal());
    }

    private static Optional<Refusal> parts(TxnRequest request, int budget) {
        int operations =
                Math.max(request.getCompareCount(), Math.max(request.getSuccessCount(), request.getFailureCount()));
        if (operations > budget) {
            return Optional.of(Refusal.TOO_MANY_OPS);
        }
        for (Compare compare : request.getCompareList()) {
            if (compare.getKey().isEmpty()) {
                return Optional.of(Refusal.EMPTY_KEY);
            }
        }
        for (List<RequestOp> branch : List.of(request.getSuccessList(), request.getFailureList())) {
            for (RequestOp op : branch) {
                Optional<Refusal> refusal = switch (op.getRequestCase()) {
                    case REQUEST_RANGE -> check(op.getRequestRange());
                    case REQUEST_PUT -> check(op.getRequestPut());
                    case REQUEST_DELETE_RANGE -> check(op.getRequestDeleteRange());
                    case REQUEST_TXN -> parts(op.getRequestTxn(), budget - operations);
                    case REQUEST_NOT_SET -> Optional.of(Refusal.KEY_NOT_FOUND);
                };
                if (refusal.isPresent()) {
                    return refusal;
                }
            }
        }
        return Optional.empty();
    }

    /** What one branch writes, and whether it does so twice. */
    private record Writes(Set<ByteString> puts, List<KeyRange> deletes, Optional<Refusal> refusal) {
        boolean deletes(ByteString key) {
            return deletes.stream().anyMatch(range -> range.contains(key));
        }
    }

    /**
     * Within one branch no key may be put twice, nor put and deleted. The two branches of a nested transaction exclude each
     * other, so they may share keys; what either writes counts for the branch around them.
     */
    private static Writes writes(List<RequestOp> branch) {
        var puts = new TreeSet<>(KeyRange.ORDER);
        var deletes = new ArrayList<KeyRange>();
        for (RequestOp op : branch) {
            if (op.hasRequestDeleteRange()) {
                deletes.add(KeyRange.of(
                        op.getRequestDeleteRange().getKey(),
                        op.getRequestDeleteRange().getRangeEnd()));
            }
        }
        var own = new Writes(puts, deletes, Optional.empty());
        var nestedDeletes = new ArrayList<KeyRange>();
        for (RequestOp op : branch) {
            if (!op.hasRequestTxn()) {
                continue;
            }
            Writes success = writes(op.getRequestTxn().getSuccessList());
            Writes failure = writes(op.getRequestTxn().getFailureList());
            if (success.refusal.isPresent() || failure.refusal.isPresent()) {
                return success.refusal.isPresent() ? success : failure;
            }
            var either = new TreeSet<>(KeyRange.ORDER);
            either.addAll(success.puts);
            either.addAll(failure.puts);
            if (puts.stream().anyMatch(key -> success.deletes(key) || failure.deletes(key))) {
                return refused();
            }
            for (ByteString key : either) {
                boolean deletedBeside = nestedDeletes.stream().anyMatch(range -> range.contains(key));
                if (own.deletes(key) || deletedBeside || !puts.add(key)) {
                    return refused();
                }
            }
            nestedDeletes.addAll(success.deletes);
            nestedDeletes.addAll(failure.deletes);
        }
        for (RequestOp op : branch) {
            if (op.hasRequestPut()) {
                ByteString key = op.getRequestPut().getKey();
                boolean deletedBelow = nestedDeletes.stream().anyMatch(range -> range.contains(key));
                if (own.deletes(key) || deletedBelow || !puts.add(key)) {
                    return refused();
                }
            }
        }
        deletes.addAll(nestedDeletes);
        return own;
    }

    private static Writes refused() {
        return new Writes(Set.of(), List.of(), Optional.of(Refusal.DUPLICATE_KEY));
    }
}
