package io.keelson.orchestrator.loop;

import io.keelson.store.ForwardingKv;
import io.keelson.store.Kv;
import io.keelson.store.KvException;

/** A store that can be cut off from the one who uses it. Watches that are open go on, as if they lagged. */
final class CutKv extends ForwardingKv {

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

    @Override
    protected Kv kv() {
        if (cut) {
            throw new KvException(KvException.Reason.UNAVAILABLE, "cut off");
        }
        return kv;
    }
}
