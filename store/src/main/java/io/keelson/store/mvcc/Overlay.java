package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A view inside a command: what was there before, and over it what the command has changed so far. Its revision is one
 * higher as soon as there is a change.
 */
final class Overlay implements View {

    private final View base;
    private final List<Change> changes = new ArrayList<>();
    /** Changed keys; empty for a deleted one. */
    private final KeyTable<Optional<KeyValue>> changed = new KeyTable<>();

    Overlay(View base) {
        this.base = base;
    }

    List<Change> changes() {
        return changes;
    }

    /** The revision that changes of this command get. */
    long writeRevision() {
        return base.revision() + 1;
    }

    void put(KeyValue kv, long previousLease) {
        changes.add(new Change.Put(kv, previousLease));
        changed.put(kv.getKey(), Optional.of(kv));
    }

    void delete(ByteString key, long previousLease) {
        changes.add(new Change.Delete(key, writeRevision(), previousLease));
        changed.put(key, Optional.empty());
    }

    List<KeyValue> list(KeyRange range) {
        var found = new ArrayList<KeyValue>();
        if (!range.isEmpty()) {
            try (Cursor cursor = range(range, revision())) {
                cursor.forEachRemaining(found::add);
            }
        }
        return found;
    }

    @Override
    public long revision() {
        return changes.isEmpty() ? base.revision() : writeRevision();
    }

    @Override
    public long compactRevision() {
        return base.compactRevision();
    }

    @Override
    public Optional<KeyValue> get(ByteString key, long revision) {
        if (revision >= writeRevision()) {
            Optional<KeyValue> own = changed.get(key);
            return own == null ? base.get(key, base.revision()) : own;
        }
        return base.get(key, revision);
    }

    @Override
    public Cursor range(KeyRange range, long revision) {
        if (revision < writeRevision() || changed.isEmpty()) {
            return base.range(range, Math.min(revision, base.revision()));
        }
        return new PendingView.Merge(base.range(range, base.revision()), changed.within(range));
    }

    @Override
    public Optional<LeaseRecord> lease(long id) {
        return base.lease(id);
    }

    @Override
    public List<ByteString> leaseKeys(long id) {
        return base.leaseKeys(id);
    }

    @Override
    public List<LeaseRecord> leases() {
        return base.leases();
    }

    @Override
    public AuthState auth() {
        return base.auth();
    }

    @Override
    public KeptAnswers answers() {
        return base.answers();
    }

    @Override
    public List<AlarmMember> alarms() {
        return base.alarms();
    }

    @Override
    public Membership membership() {
        return base.membership();
    }
}
