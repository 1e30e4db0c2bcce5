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

/** Hands every call to another store; who stands before one says in a subclass what is different. */
public abstract class ForwardingKv implements Kv {

    /** Who answers; asked at each call. */
    protected abstract Kv kv();

    @Override
    public RangeResponse range(RangeRequest request) {
        return kv().range(request);
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        return kv().txn(request);
    }

    @Override
    public KvWatch watch(WatchCreateRequest request) {
        return kv().watch(request);
    }

    @Override
    public LeaseGrantResponse leaseGrant(LeaseGrantRequest request) {
        return kv().leaseGrant(request);
    }

    @Override
    public LeaseKeepAliveResponse leaseKeepAlive(long leaseId) {
        return kv().leaseKeepAlive(leaseId);
    }

    @Override
    public LeaseRevokeResponse leaseRevoke(long leaseId) {
        return kv().leaseRevoke(leaseId);
    }

    @Override
    public CompactionResponse compact(CompactionRequest request) {
        return kv().compact(request);
    }
}
