package io.keelson.store;

import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.CompactionResponse;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrantResponse;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.LeaseRevokeResponse;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.proto.etcd.WatchCreateRequest;

/**
 * The store as the rest of Keelson sees it: etcd v3's words and guarantees, and nothing of what is behind them.
 *
 * <p>Requests and answers are etcd's own messages, so there is one vocabulary from the wire to the log. Every call blocks
 * the calling thread (call from virtual threads) for at most the request timeout of the implementation, 7 s by default, and
 * throws {@link KvException} when there is no answer or the answer is a refusal. Implementations are thread safe.
 */
public interface Kv {

    /**
     * The largest of compares, success and failure of one transaction may have so many operations: a set of some thousand objects, each
     * with what it is guarded by. Who comes over the network has etcd's bound ({@code --max-txn-ops}).
     */
    int MAX_TXN_OPS = 10_000;

    /** One transaction may have so many bytes. Who comes over the network has etcd's bound ({@code --max-request-bytes}). */
    int MAX_TXN_BYTES = 8 << 20;

    /**
     * Reads keys at one revision. Linearizable unless {@code serializable} is set: the answer shows every write that was
     * acknowledged to anybody before the call.
     */
    RangeResponse range(RangeRequest request);

    /**
     * As {@link #range}, with a limit, but {@code count} need not tell of keys behind the limit: who reads a long range piece by piece does
     * not want them counted with each piece.
     */
    default RangeResponse piece(RangeRequest request) {
        return range(request);
    }

    /**
     * Judges all compares on the state before the transaction and runs one branch at one new revision, all or nothing. A
     * failed compare is an answer ({@code succeeded == false}), not an exception.
     *
     * @throws KvException INVALID also beyond {@link #MAX_TXN_OPS} and {@link #MAX_TXN_BYTES}
     */
    TxnResponse txn(TxnRequest request);

    /**
     * Opens a cursor over the history of a range of keys. Never fails by itself: a start revision that is compacted is told
     * by the first {@link KvWatch#next}.
     */
    KvWatch watch(WatchCreateRequest request);

    /** Grants a lease of {@code TTL} seconds; the answer carries the TTL really granted, which has a floor. */
    LeaseGrantResponse leaseGrant(LeaseGrantRequest request);

    /** Renews a lease once. An answer with {@code TTL == 0} means that there is no such lease any more. */
    LeaseKeepAliveResponse leaseKeepAlive(long leaseId);

    /** Ends a lease and deletes its keys in one revision. */
    LeaseRevokeResponse leaseRevoke(long leaseId);

    /** Gives up the history below a revision. */
    CompactionResponse compact(CompactionRequest request);
}
