package io.keelson.orchestrator.access;

import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.ResponseHeader;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.store.ForwardingKv;
import io.keelson.store.Kv;
import java.util.concurrent.atomic.AtomicLong;

/** The store, with a note of the newest revision that it has told this server: what anybody can know from it is no newer. */
public final class ToldKv extends ForwardingKv {

    private final Kv kv;
    private final AtomicLong told = new AtomicLong();

    /** Over a store. */
    public ToldKv(Kv kv) {
        this.kv = kv;
    }

    @Override
    protected Kv kv() {
        return kv;
    }

    /** The newest revision that an answer of the store has carried. What a watch tells is applied here, and so known to every other. */
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
        RangeResponse response = super.range(request);
        note(response.getHeader());
        return response;
    }

    @Override
    public RangeResponse piece(RangeRequest request) {
        RangeResponse response = kv.piece(request);
        note(response.getHeader());
        return response;
    }

    @Override
    public TxnResponse txn(TxnRequest request) {
        TxnResponse response = super.txn(request);
        note(response.getHeader());
        return response;
    }
}
