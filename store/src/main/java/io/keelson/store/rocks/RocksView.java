package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.KeptAnswers;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.MemberCodec;
import io.keelson.store.mvcc.Membership;
import io.keelson.store.mvcc.View;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.ReadTier;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.Status;

/**
 * The state at one moment: everything is read through one RocksDB snapshot. Shared by readers, see {@link SharedViews}; who made it holds
 * it once, and the last to release it closes it. The thread that writes needs no snapshot, see {@link RocksState#readToWrite}.
 */
final class RocksView implements View {

    /** What was asked for is not in memory. Costs little: who catches it asks again where waiting for a disk is allowed. */
    static final class NotInMemory extends RuntimeException {
        private NotInMemory() {
            super("not in memory", null, false, false);
        }
    }

    private final RocksState state;
    private final @Nullable Snapshot snapshot;
    private final ReadOptions options;
    private final long writes;
    private final long revision;
    private final long compactRevision;
    private final AuthState auth;
    private final List<AlarmMember> alarms;
    /** Of the thread that writes; null for all others. */
    private final @Nullable Written written;

    private final AtomicInteger holders = new AtomicInteger(1);
    private @Nullable InMemory inMemory;

    /** @param writes how many writes it sees at least */
    RocksView(RocksState state, long writes) {
        this.state = state;
        this.auth = state.auth();
        this.alarms = state.alarms();
        this.writes = writes;
        SharedViews.Numbers known = state.numbers();
        this.snapshot = state.db.getSnapshot();
        this.options = new ReadOptions().setSnapshot(snapshot);
        this.written = null;
        if (known != null && known.equals(state.numbers())) {
            this.revision = known.revision();
            this.compactRevision = known.compactRevision();
        } else {
            byte[] newest = get(state.meta, RocksState.revisionKey());
            this.revision = newest == null ? 1 : Layout.number(newest);
            byte[] compact = get(state.meta, RocksState.compactKey());
            this.compactRevision = compact == null ? 0 : Layout.number(compact);
        }
    }

    private RocksView(RocksState state, ReadOptions options, Written written) {
        this.state = state;
        this.auth = state.auth();
        this.alarms = state.alarms();
        this.writes = Long.MAX_VALUE;
        this.snapshot = null;
        this.options = options;
        this.written = written;
        this.revision = written.revision();
        this.compactRevision = written.compactRevision();
    }

    /** The state as it is, for the thread that writes, until it writes again. It is not to be closed: nothing is made for it. */
    static RocksView asIs(RocksState state, ReadOptions options, Written written) {
        return new RocksView(state, options, written);
    }

    private byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) {
        return get(family, options, key);
    }

    private byte @Nullable [] get(ColumnFamilyHandle family, ReadOptions how, byte[] key) {
        try {
            return state.db.get(family, how, key);
        } catch (RocksDBException e) {
            // Only a read that may not wait for a disk ends like this.
            if (e.getStatus() != null && e.getStatus().getCode() == Status.Code.Incomplete) {
                throw new NotInMemory();
            }
            throw new IllegalStateException("the store cannot read: " + e.getMessage(), e);
        }
    }

    /** How many writes it sees at least. */
    long writes() {
        return writes;
    }

    /** One holder more, unless it is closed already. */
    boolean retain() {
        for (int held = holders.get(); held > 0; held = holders.get()) {
            if (holders.compareAndSet(held, held + 1)) {
                return true;
            }
        }
        return false;
    }

    /** One holder less; the last closes it. */
    void release() {
        if (holders.decrementAndGet() == 0) {
            close();
        }
    }

    /** The same moment for one who must not wait for the disk: keys as they are now, or {@link NotInMemory}. */
    synchronized View inMemory() {
        InMemory known = inMemory;
        if (known == null) {
            known = new InMemory();
            inMemory = known;
        }
        return known;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public long compactRevision() {
        return compactRevision;
    }

    @Override
    public Optional<KeyValue> get(ByteString key, long at) {
        if (at < revision) {
            Optional<KeyValue> known = state.replaced().at(key, at);
            return known.isPresent() ? known : stored(key, at);
        }
        return written == null ? stored(key, at) : written.key(key, each -> stored(each, at));
    }

    private Optional<KeyValue> stored(ByteString key, long at) {
        byte[] newest = get(state.latest, key.toByteArray());
        if (newest != null) {
            KeyValue kv = latest(newest, options);
            if (kv.getModRevision() <= at) {
                return Optional.of(kv);
            }
        } else if (at >= revision) {
            return Optional.empty();
        }
        byte[] prefix = Layout.versionsOf(key);
        try (RocksIterator iterator = state.db.newIterator(state.versions, options)) {
            iterator.seek(Layout.version(key, at));
            if (!iterator.isValid() || !Layout.startsWith(iterator.key(), prefix)) {
                check(iterator);
                return Optional.empty();
            }
            return at(Layout.revisionOfVersion(iterator.key()), iterator.value());
        }
    }

    private KeyValue latest(byte[] newest, ReadOptions how) {
        byte[] place = Layout.placeOf(newest);
        return place == null
                ? Layout.here(newest)
                : happened(place, how)
                        .orElseThrow(() -> new IllegalStateException("the store takes a deletion at revision "
                                + Layout.revisionOfHistory(place) + " for a key's newest version"));
    }

    private Optional<KeyValue> at(long modRevision, byte[] sub) {
        return happened(Layout.history(modRevision, ByteBuffer.wrap(sub).getInt()), options);
    }

    /** What a version left: the key, or nothing. */
    private Optional<KeyValue> happened(byte[] place, ReadOptions how) {
        byte[] value = get(state.history, how, place);
        if (value == null) {
            throw new IllegalStateException(
                    "the store has a version at revision " + Layout.revisionOfHistory(place) + " without its history");
        }
        return Layout.live(value);
    }

    private static void check(RocksIterator iterator) {
        try {
            iterator.status();
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot read: " + e.getMessage(), e);
        }
    }

    @Override
    public Cursor range(KeyRange range, long at) {
        if (at < revision) {
            return new Past(range, at);
        }
        if (written == null) {
            return new Newest(range);
        }
        if (written.isEmpty(range)) {
            return Cursor.EMPTY;
        }
        Newest found = new Newest(range);
        if (!found.hasNext()) {
            written.foundEmpty(range);
        }
        return found;
    }

    @Override
    public Membership membership() {
        byte[] members = get(state.meta, RocksState.membersKey());
        return members == null ? Membership.NONE : MemberCodec.membership(members);
    }

    @Override
    public Optional<LeaseRecord> lease(long id) {
        byte[] lease = get(state.leases, Layout.number(id));
        return lease == null ? Optional.empty() : Optional.of(Layout.lease(Layout.number(id), lease));
    }

    @Override
    public List<ByteString> leaseKeys(long id) {
        var keys = new ArrayList<ByteString>();
        byte[] prefix = Layout.number(id);
        try (RocksIterator iterator = state.db.newIterator(state.leaseKeys, options)) {
            for (iterator.seek(prefix);
                    iterator.isValid() && Layout.startsWith(iterator.key(), prefix);
                    iterator.next()) {
                byte[] key = iterator.key();
                keys.add(ByteString.copyFrom(key, Long.BYTES, key.length - Long.BYTES));
            }
            check(iterator);
        }
        return keys;
    }

    @Override
    public List<LeaseRecord> leases() {
        var all = new ArrayList<LeaseRecord>();
        try (RocksIterator iterator = state.db.newIterator(state.leases, options)) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                all.add(Layout.lease(iterator.key(), iterator.value()));
            }
            check(iterator);
        }
        return all;
    }

    @Override
    public KeptAnswers answers() {
        return new AnswerRows(state, options);
    }

    /** The last log entry whose changes are in the view. */
    AppliedIndex appliedIndex() {
        return RocksState.appliedIndex(get(state.meta, RocksState.appliedKey()));
    }

    /** The revision below which history is really gone from disk. */
    long compactedThrough() {
        byte[] compacted = get(state.meta, RocksState.compactedKey());
        return compacted == null ? 0 : Layout.number(compacted);
    }

    /** All rows of history in the view. */
    RocksIterator historyIterator() {
        return state.db.newIterator(state.history, options);
    }

    @Override
    public AuthState auth() {
        return auth;
    }

    @Override
    public List<AlarmMember> alarms() {
        return alarms;
    }

    private synchronized void close() {
        if (inMemory != null) {
            inMemory.memory.close();
        }
        if (snapshot != null) {
            options.close();
            state.db.releaseSnapshot(snapshot);
            snapshot.close();
        }
    }

    /** Keys as they are now; everything else may need the disk, and says so. */
    private final class InMemory implements View {
        private final ReadOptions memory =
                new ReadOptions().setSnapshot(snapshot).setReadTier(ReadTier.BLOCK_CACHE_TIER);

        @Override
        public long revision() {
            return revision;
        }

        @Override
        public long compactRevision() {
            return compactRevision;
        }

        @Override
        public Optional<KeyValue> get(ByteString key, long at) {
            if (at < revision) {
                throw new NotInMemory();
            }
            byte[] newest = RocksView.this.get(state.latest, memory, key.toByteArray());
            return newest == null ? Optional.empty() : Optional.of(latest(newest, memory));
        }

        @Override
        public Cursor range(KeyRange range, long at) {
            throw new NotInMemory();
        }

        @Override
        public Optional<LeaseRecord> lease(long id) {
            throw new NotInMemory();
        }

        @Override
        public List<ByteString> leaseKeys(long id) {
            throw new NotInMemory();
        }

        @Override
        public List<LeaseRecord> leases() {
            throw new NotInMemory();
        }

        @Override
        public KeptAnswers answers() {
            throw new NotInMemory();
        }

        @Override
        public Membership membership() {
            throw new NotInMemory();
        }

        @Override
        public AuthState auth() {
            return auth;
        }

        @Override
        public List<AlarmMember> alarms() {
            return alarms;
        }
    }

    /** The keys that are there now. */
    private final class Newest implements Cursor {
        private final RocksIterator iterator;
        /** Only this iterator's: it ends where the range does, so that no key need be looked at to know that. */
        private final ReadOptions bounded = new ReadOptions(options);

        private final @Nullable Slice end;

        Newest(KeyRange range) {
            this.end = range.end().isEmpty() ? null : new Slice(range.end().toByteArray());
            if (end != null) {
                bounded.setIterateUpperBound(end);
            }
            this.iterator = state.db.newIterator(state.latest, bounded);
            iterator.seek(range.begin().toByteArray());
        }

        @Override
        public boolean hasNext() {
            if (!iterator.isValid()) {
                check(iterator);
                return false;
            }
            return true;
        }

        @Override
        public long countRest() {
            long rest = 0;
            for (; iterator.isValid(); iterator.next()) {
                rest++;
            }
            check(iterator);
            return rest;
        }

        @Override
        public KeyValue next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the range has no more keys");
            }
            KeyValue kv = latest(iterator.value(), options);
            iterator.next();
            return kv;
        }

        @Override
        public void close() {
            iterator.close();
            bounded.close();
            if (end != null) {
                end.close();
            }
        }
    }

    /** The keys that were there at a revision: the first version at or below it of each key. */
    private final class Past implements Cursor {
        /** So many rows are stepped over before it seeks. */
        private static final int STEPS = 4;

        private final RocksIterator iterator;
        private final KeyRange range;
        private final long at;
        private @Nullable KeyValue next;

        Past(KeyRange range, long at) {
            this.range = range;
            this.at = at;
            this.iterator = state.db.newIterator(state.versions, options);
            iterator.seek(Layout.versionsOf(range.begin()));
            advance();
        }

        private void advance() {
            next = null;
            byte[] here = iterator.isValid() ? iterator.key() : null;
            while (next == null && here != null) {
                ByteString key = Layout.keyOfVersion(here);
                if (!range.isBeforeEnd(key)) {
                    return;
                }
                byte[] prefix = Layout.versionsOf(key);
                here = forward(here, Layout.version(key, at));
                if (here != null && Layout.startsWith(here, prefix)) {
                    next = at(Layout.revisionOfVersion(here), iterator.value()).orElse(null);
                    here = forward(here, Layout.version(key, 0));
                    // Revisions begin at 1, so revision 0 sorts behind every version of the key.
                    while (here != null && Layout.startsWith(here, prefix)) {
                        iterator.next();
                        here = iterator.isValid() ? iterator.key() : null;
                    }
                }
            }
            check(iterator);
        }

        /** Goes on to the first row that is not before a place; most keys have few versions, and to step costs less than to seek. */
        private byte @Nullable [] forward(byte[] from, byte[] place) {
            byte[] here = from;
            for (int steps = 0; here != null && Arrays.compareUnsigned(here, place) < 0; steps++) {
                if (steps < STEPS) {
                    iterator.next();
                } else {
                    iterator.seek(place);
                }
                here = iterator.isValid() ? iterator.key() : null;
            }
            return here;
        }

        @Override
        public boolean hasNext() {
            return next != null;
        }

        @Override
        public KeyValue next() {
            KeyValue result = next;
            if (result == null) {
                throw new NoSuchElementException("the range has no more keys");
            }
            advance();
            return result;
        }

        @Override
        public void close() {
            iterator.close();
        }
    }
}
