package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.DeleteRangeResponse;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.PutResponse;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.ResponseOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.store.ForwardingKv;
import io.keelson.store.Kv;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The store as it is at one revision and as it would be: writes stay here, are seen by later reads, and become one transaction of the
 * store in the end, guarded by every single key that was read. So whatever writes one object can write many that belong together without
 * knowing of it.
 *
 * <pre>  range, txn ──► what was written here, else the store at the pinned revision        transaction() ──► compares of all reads, all writes</pre>
 *
 * What is read by ranges of keys is of one revision; it is guarded if a write guards it, as admission does.
 * Belongs to one thread.
 */
final class Draft extends ForwardingKv {

    private final Kv base;
    private final long revision;
    private final Map<ByteString, Long> read = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private final Map<ByteString, ByteString> ranges = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
    private final NavigableMap<ByteString, Optional<KeyValue>> written =
            new TreeMap<>(ByteString.unsignedLexicographicalComparator());

    private Draft(Kv base, long revision) {
        this.base = base;
        this.revision = revision;
    }

    @Override
    protected Kv kv() {
        return base;
    }

    /** A draft on the newest revision. */
    static Draft begin(Kv base) {
        RangeResponse answer = Failures.translated(() ->
                base.range(Keys.get("/keelson/").toBuilder().setKeysOnly(true).build()));
        return new Draft(base, answer.getHeader().getRevision());
    }

    /** The revision at which everything is read. */
    long revision() {
        return revision;
    }

    /** What the revision of all writes seems to be until they are done: the one that follows if nothing comes between. */
    long provisional() {
        return revision + 1;
    }

    /** All writes as one transaction; empty if there are none. */
    Optional<TxnRequest> transaction() {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        written.forEach((key, value) -> {
            if (value.isPresent()) {
                txn.addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(key)
                                .setValue(value.get().getValue())
                                .setLease(value.get().getLease())));
            } else if (read.getOrDefault(key, 0L) != 0) {
                txn.addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(key)));
            }
        });
        if (txn.getSuccessCount() == 0) {
            return Optional.empty();
        }
        read.forEach((key, at) -> txn.addCompare(Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(at)));
        ranges.forEach((key, end) -> txn.addCompare(Compare.newBuilder()
                .setKey(key)
                .setRangeEnd(end)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.LESS)
                .setModRevision(revision + 1)));
        return Optional.of(txn.build());
    }

    @Override
    public RangeResponse range(RangeRequest request) {
        if (request.getRevision() != 0 && request.getRevision() != revision && request.getRevision() != provisional()) {
            return base.range(request);
        }
        if (request.getRangeEnd().isEmpty()) {
            RangeResponse.Builder answer = RangeResponse.newBuilder().setHeader(header(seen()));
            current(request.getKey()).ifPresent(pair -> answer.setCount(1).addKvs(shown(pair, request)));
            return answer.build();
        }
        NavigableMap<ByteString, Optional<KeyValue>> mine =
                written.subMap(request.getKey(), true, request.getRangeEnd(), false);
        if (mine.isEmpty()) {
            return base.range(pinned(request)).toBuilder()
                    .setHeader(header(seen()))
                    .build();
        }
        RangeResponse theirs =
                base.range(pinned(request).toBuilder().setLimit(0).build());
        NavigableMap<ByteString, KeyValue> all = new TreeMap<>(ByteString.unsignedLexicographicalComparator());
        theirs.getKvsList().forEach(pair -> all.put(pair.getKey(), pair));
        mine.forEach((key, value) ->
                value.ifPresentOrElse(pair -> all.put(key, shown(pair, request)), () -> all.remove(key)));
        long limit = request.getLimit() == 0 ? all.size() : request.getLimit();
        return RangeResponse.newBuilder()
                .setHeader(header(seen()))
                .setCount(all.size())
                .setMore(all.size() > limit)
                .addAllKvs(all.values().stream().limit(limit).toList())
                .build();
    }

    /** The newest revision that a read may show. */
    private long seen() {
        return written.isEmpty() ? revision : provisional();
    }

    private RangeRequest pinned(RangeRequest request) {
        // This replica has been at the revision already, so nobody need be asked whether it is up to date.
        return request.toBuilder().setRevision(revision).setSerializable(true).build();
    }

    private static KeyValue shown(KeyValue pair, RangeRequest request) {
        return request.getKeysOnly() ? pair.toBuilder().clearValue().build() : pair;
    }

    /** The key as it would be; what the store has of it becomes a guard. */
    private Optional<KeyValue> current(ByteString key) {
        Optional<KeyValue> mine = written.get(key);
        if (mine != null) {
            return mine;
        }
        RangeRequest one = pinned(RangeRequest.newBuilder().setKey(key).build());
        Optional<KeyValue> theirs = base.range(one).getKvsList().stream().findFirst();
        read.put(key, theirs.map(KeyValue::getModRevision).orElse(0L));
        return theirs;
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        boolean holds = request.getCompareList().stream().allMatch(this::holds);
        List<RequestOp> branch = holds ? request.getSuccessList() : request.getFailureList();
        TxnResponse.Builder answer =
                TxnResponse.newBuilder().setSucceeded(holds).setHeader(header(provisional()));
        branch.forEach(op -> answer.addResponses(run(op)));
        return answer.build();
    }

    private boolean holds(Compare compare) {
        if (compare.getRangeEnd().isEmpty()) {
            return holds(compare, current(compare.getKey()));
        }
        if (compare.getTarget() != Compare.CompareTarget.MOD || compare.getResult() != Compare.CompareResult.LESS) {
            throw new IllegalArgumentException("of a range a draft can only guard that nothing was written to it");
        }
        ranges.put(compare.getKey(), compare.getRangeEnd());
        RangeRequest all = RangeRequest.newBuilder()
                .setKey(compare.getKey())
                .setRangeEnd(compare.getRangeEnd())
                .setKeysOnly(true)
                .build();
        return range(all).getKvsList().stream().allMatch(pair -> holds(compare, Optional.of(pair)));
    }

    private ResponseOp run(RequestOp op) {
        ResponseOp.Builder answer = ResponseOp.newBuilder();
        switch (op.getRequestCase()) {
            case REQUEST_RANGE -> answer.setResponseRange(range(op.getRequestRange()));
            case REQUEST_PUT -> {
                put(op.getRequestPut());
                answer.setResponsePut(PutResponse.newBuilder().setHeader(header(provisional())));
            }
            case REQUEST_DELETE_RANGE -> answer.setResponseDeleteRange(delete(op.getRequestDeleteRange()));
            case REQUEST_TXN -> answer.setResponseTxn(txn(op.getRequestTxn()));
            case REQUEST_NOT_SET -> throw new IllegalArgumentException("an operation that says nothing");
        }
        return answer.build();
    }

    private void put(PutRequest request) {
        Optional<KeyValue> before = current(request.getKey());
        written.put(
                request.getKey(),
                Optional.of(KeyValue.newBuilder()
                        .setKey(request.getKey())
                        .setValue(request.getValue())
                        .setLease(request.getLease())
                        .setCreateRevision(
                                before.map(KeyValue::getCreateRevision).orElse(provisional()))
                        .setVersion(before.map(KeyValue::getVersion).orElse(0L) + 1)
                        .setModRevision(provisional())
                        .build()));
    }

    private DeleteRangeResponse delete(DeleteRangeRequest request) {
        if (!request.getRangeEnd().isEmpty()) {
            throw new IllegalArgumentException("a draft deletes single keys, for only these can be guarded");
        }
        boolean there = current(request.getKey()).isPresent();
        written.put(request.getKey(), Optional.empty());
        return DeleteRangeResponse.newBuilder()
                .setHeader(header(provisional()))
                .setDeleted(there ? 1 : 0)
                .build();
    }

    private static ResponseHeader header(long at) {
        return ResponseHeader.newBuilder().setRevision(at).build();
    }

    /** What a compare says of a key, by etcd's rules: a key that is not there has zeros, and no value that anything equals. */
    private static boolean holds(Compare compare, Optional<KeyValue> found) {
        if (found.isEmpty() && compare.getTarget() == Compare.CompareTarget.VALUE) {
            return false;
        }
        KeyValue pair = found.orElse(KeyValue.getDefaultInstance());
        int order = switch (compare.getTarget()) {
            case VERSION -> Long.compare(pair.getVersion(), compare.getVersion());
            case CREATE -> Long.compare(pair.getCreateRevision(), compare.getCreateRevision());
            case MOD -> Long.compare(pair.getModRevision(), compare.getModRevision());
            case LEASE -> Long.compare(pair.getLease(), compare.getLease());
            case VALUE -> ByteString.unsignedLexicographicalComparator().compare(pair.getValue(), compare.getValue());
            case UNRECOGNIZED -> throw new IllegalArgumentException("a compare of what nobody knows");
        };
        return switch (compare.getResult()) {
            case EQUAL -> order == 0;
            case GREATER -> order > 0;
            case LESS -> order < 0;
            case NOT_EQUAL -> order != 0;
            case UNRECOGNIZED -> throw new IllegalArgumentException("a compare that nobody knows");
        };
    }
}
