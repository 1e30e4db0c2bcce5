package io.keelson.orchestrator.loop;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Compare;

/**
 * The right to lead, as a comparison that every write makes: the leader's key is still the one that this term began with.
 *
 * @param revision the create revision of the leader's key
 */
record Epoch(long revision) {

    /** Whoever's name is the value leads; the key lives as long as the leader's lease. */
    static final ByteString KEY = ByteString.copyFromUtf8("/keelson/control/leader");

    Compare guard() {
        return created(KEY, revision);
    }

    /** Holds while the key is in the life that began at this revision; 0: while it is not there. */
    static Compare created(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.EQUAL)
                .setCreateRevision(revision)
                .build();
    }

    /** Holds while the key's last change is the one at this revision. */
    static Compare unchanged(ByteString key, long revision) {
        return Compare.newBuilder()
                .setKey(key)
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }
}
