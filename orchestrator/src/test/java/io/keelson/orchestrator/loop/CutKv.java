package io.keelson.orchestrator.loop;

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
import io.keelson.store.Kv;
import io.keelson.store.KvException;
import io.keelson.store.KvWatch;

/** A store that can be cut off from the one who uses it. Watches that are open go on, as if they lagged. */
final class CutKv implements Kv {

    private final Kv kv;
    private volatile boolean cut;

    CutKv(Kv kv) {
        this.kv = kv;
    }

    void cut() {
        cut = true;
    }

    void mend() {
        cut = false;
    }

    private Kv reached() {
        if (cut) {
            throw new KvException(KvException.Reason.UNAVAILABLE, "cut off");
        }
        return kv;
    }

    @Override
    public RangeResponse range(RangeRequest request) {
        return reached().range(request);
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        return reached().txn(request);
    }

    @Override
    public KvWatch watch(WatchCreateRequest request) {
        return reached().watch(request);
    }

    @Override
    public LeaseGrantResponse leaseGrant(LeaseGrantRequest request) {
        return reached().leaseGrant(request);
    }

    @Override
    public LeaseKeepAliveResponse leaseKeepAlive(long leaseId) {
        return reached().leaseKeepAlive(leaseId);
    }

    @Override
    public LeaseRevokeResponse leaseRevoke(long leaseId) {
        return reached().leaseRevoke(leaseId);
    }

    @Override
    public CompactionResponse compact(CompactionRequest request) {
        return reached().compact(request);
    }
}
