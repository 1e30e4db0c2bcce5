package io.keelson.orchestrator.access;

import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.CompactionResponse;
import io.keelson.proto.etcd.LeaseGrantRequest;
import io.keelson.proto.etcd.LeaseGrantResponse;
import io.keelson.proto.etcd.LeaseKeepAliveResponse;
import io.keelson.proto.etcd.LeaseRevokeResponse;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.store.Kv;
import io.keelson.store.KvWatch;
import java.util.concurrent.atomic.AtomicLong;

/** The store, with a note of the newest revision that it has told this server: what anybody can know from it is no newer. */
public final class ToldKv implements Kv {

    private final Kv kv;
    private final AtomicLong told = new AtomicLong();

    /** Over a store. */
    public ToldKv(Kv kv) {
        this.kv = kv;
    }

    /** The newest revision that an answer of the store has carried. */
    public long told() {
        return told.get();
    }

    private void note(ResponseHeader header) {
        long revision = header.getRevision();
        if (revision > told.get()) {
            told.accumulateAndGet(revision, Math::max);
        }
    }

    @Override
    public RangeResponse range(RangeRequest request) {
        RangeResponse response = kv.range(request);
        note(response.getHeader());
        return response;
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        TxnResponse response = kv.txn(request);
        note(response.getHeader());
        return response;
    }

    @Override
    public KvWatch watch(WatchCreateRequest request) {
        // What it tells is applied here, and so known to every other watch of this process.
        return kv.watch(request);
    }

    @Override
    public LeaseGrantResponse leaseGrant(LeaseGrantRequest request) {
        return kv.leaseGrant(request);
    }

    @Override
    public LeaseKeepAliveResponse leaseKeepAlive(long leaseId) {
        return kv.leaseKeepAlive(leaseId);
    }

    @Override
    public LeaseRevokeResponse leaseRevoke(long leaseId) {
        return kv.leaseRevoke(leaseId);
    }

    @Override
    public CompactionResponse compact(CompactionRequest request) {
        return kv.compact(request);
    }
}
