package io.keelson.store.rocks;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.KvException;
import io.keelson.store.mvcc.Alarms;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.LeaseRecord;
import io.keelson.store.mvcc.MemberCodec;
import io.keelson.store.mvcc.Membership;
import io.keelson.store.mvcc.RunningHash;
import io.keelson.store.mvcc.View;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Checkpoint;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * One open database. Entries are written by one thread; reads come from any. Closing waits for reads that run.
 *
 * <p>A failed write is fatal: the caller must stop the replica, because memory and disk may differ from then on.
 */
public final class RocksState implements AutoCloseable {

    private static final byte[] APPLIED = "applied".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REVISION = "revision".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMPACT = "compact".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] MEMBERS = "members".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMPACTED = "compacted".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HASH_BASE = "hashBase".getBytes(StandardCharsets.US_ASCII);
    private static final String PROPOSER = "proposer/";

    final RocksDB db;
    final ColumnFamilyHandle latest;
    final ColumnFamilyHandle versions;
    final ColumnFamilyHandle history;
    final ColumnFamilyHandle leases;
    final ColumnFamilyHandle leaseKeys;
    final ColumnFamilyHandle meta;
    final ColumnFamilyHandle hashes;
    final ColumnFamilyHandle requests;
    final WriteOptions writeOptions = new WriteOptions().setDisableWAL(true);
    /** Held for reading while the database is in use, for writing to close it. */
    final ReadWriteLock open = new ReentrantReadWriteLock();

    private final RocksSettings settings;
    private final HashRows hashRows = new HashRows(this);
    private final Reclaimer reclaimer = new Reclaimer(this);

    /** Users and roles as they are stored; changes only while {@link #open} is held for writing, so that no read sees half. */
    private volatile AuthState auth;

    /** A copy of what {@code meta} holds, because every command asks. */
    private volatile List<AlarmMember> alarms = List.of();

    private final SharedViews views = new SharedViews(this);
    /** How the thread that writes reads: the database as it is, since nobody else changes what is there. */
    private final ReadOptions asIs = new ReadOptions();

    private final Written written;
    private final Replaced replaced = new Replaced();
    private volatile long compactRevision;
    private boolean closed;
    private volatile boolean closing;

    private RocksState(RocksDB db, List<ColumnFamilyHandle> families, RocksSettings settings) throws RocksDBException {
        this.db = db;
        this.settings = settings;
        this.latest = families.get(1);
        this.versions = families.get(2);
        this.history = families.get(3);
        this.leases = families.get(4);
        this.leaseKeys = families.get(5);
        this.meta = families.get(6);
        this.auth = AuthRows.read(db, meta);
        this.hashes = families.get(7);
        this.requests = families.get(8);
        this.written = new Written(number(REVISION, 1), number(COMPACT, 0));
        this.compactRevision = written.compactRevision();
        views.entryWritten(written.revision(), compactRevision);
    }

    private long number(byte[] key, long otherwise) {
        byte[] bytes = get(meta, key);
        return bytes == null ? otherwise : Layout.number(bytes);
    }

    /**
     * Opens a database, making it if absent.
     *
     * @throws IllegalStateException if it cannot be opened, or holds less than it once held ({@link AppliedMark}); the message names the
     *     directory
     */
    public static RocksState open(Path directory) {
        RocksDB.loadLibrary();
        return open(directory, new RocksSettings(RocksSettings.CACHE_BYTES));
    }

    /** @param settings closed with the database */
    static RocksState open(Path directory, RocksSettings settings) {
        FlushWatch.attachIfArmed(settings.database());
        var descriptors = new ArrayList<ColumnFamilyDescriptor>();
        for (String name : List.of(
                "default", "latest", "versions", "history", "leases", "leaseKeys", "meta", "hashes", "requests")) {
            descriptors.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), settings.family()));
        }
        var handles = new ArrayList<ColumnFamilyHandle>();
        try {
            RocksDB db = RocksDB.open(settings.database(), directory.toString(), descriptors, handles);
            var state = new RocksState(db, handles, settings);
            state.begin(directory);
            return state;
        } catch (RocksDBException e) {
            throw new IllegalStateException(
                    "the store's data in " + directory + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private void begin(Path directory) throws RocksDBException {
        try {
            new AppliedMark(directory).check(appliedIndex());
            alarms = storedAlarms();
            hashRows.open(read(View::revision));
        } catch (RocksDBException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private List<AlarmMember> storedAlarms() throws RocksDBException {
        var changes = new ArrayList<Change>();
        try (RocksIterator iterator = db.newIterator(meta)) {
            for (iterator.seek(Layout.ALARM);
                    iterator.isValid() && Layout.startsWith(iterator.key(), Layout.ALARM);
                    iterator.next()) {
                changes.add(new Change.AlarmRaised(Layout.alarm(iterator.key())));
            }
            iterator.status();
        }
        return Alarms.after(List.of(), changes);
    }

    /** The alarms that are on. */
    List<AlarmMember> alarms() {
        return alarms;
    }

    /**
     * The revision below which nothing is answered any more, 0 if there is none. Costs nothing: every reader of history asks.
     *
     * @throws KvException if the state is closed
     */
    public long compactRevision() {
        if (closing) {
            throw closed();
        }
        return compactRevision;
    }

    /** See {@link SharedViews#numbers}. */
    SharedViews.@Nullable Numbers numbers() {
        return views.numbers();
    }

    /** What was replaced a moment ago. */
    Replaced replaced() {
        return replaced;
    }

    /** The last log entry that is in the state. */
    public AppliedIndex appliedIndex() {
        return appliedIndex(get(meta, APPLIED));
    }

    static AppliedIndex appliedIndex(byte @Nullable [] bytes) {
        return bytes == null
                ? AppliedIndex.NOTHING
                : new AppliedIndex(Layout.number(bytes), ByteBuffer.wrap(bytes).getLong(Long.BYTES));
    }

    static byte[] appliedKey() {
        return APPLIED;
    }

    static byte[] compactedKey() {
        return COMPACTED;
    }

    /** Whether somebody waits to close the state: a read that takes long should give up. */
    boolean closing() {
        return closing;
    }

    /** Runs a read on the state as it is now; the view is invalid after the call. */
    public <T> T read(Function<View, T> read) {
        open.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            RocksView view = views.acquire();
            try {
                return read.apply(view);
            } finally {
                view.release();
            }
        } finally {
            open.readLock().unlock();
        }
    }

    /** As {@link #read}, but never waits for the disk: empty if it would have to. */
    public <T> Optional<T> readInMemory(Function<View, T> read) {
        open.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            RocksView view = views.acquire();
            try {
                return Optional.of(read.apply(view.inMemory()));
            } catch (RocksView.NotInMemory e) {
                return Optional.empty();
            } finally {
                view.release();
            }
        } finally {
            open.readLock().unlock();
        }
    }

    /**
     * As {@link #read}, for the thread that writes entries and for no other: nothing changes while it reads, so that it needs no snapshot. What
     * is given back to the disk meanwhile ({@link #reclaimer}) no read can ask for any more.
     */
    public <T> T readToWrite(Function<View, T> read) {
        open.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            return read.apply(RocksView.asIs(this, asIs, written));
        } finally {
            open.readLock().unlock();
        }
    }

    /** The last sequence number applied of a member's incarnation, -1 if none of this incarnation was. For the thread that writes entries. */
    public long sequenceOf(String member, long incarnation) {
        Proposed last = written.by(member, this::stored);
        return last == null || last.incarnation() != incarnation ? -1 : last.sequence();
    }

    private @Nullable Proposed stored(String member) {
        byte[] bytes = get(meta, proposer(member));
        return bytes == null
                ? null
                : new Proposed(
                        member, Layout.number(bytes), ByteBuffer.wrap(bytes).getLong(Long.BYTES));
    }

    /**
     * Writes all changes of one log entry, their running hashes, and that it is applied, in one batch.
     *
     * @param changes in order; one revision's changes stand together
     * @param revision the store's revision after the entry
     * @param proposed whose commands they are, in order
     */
    public void write(List<Change> changes, long revision, AppliedIndex applied, List<Proposed> proposed) {
        try (var batch = new WriteBatch()) {
            long current = -1;
            int sub = 0;
            HashRows.Entry hashed = hashRows.new Entry();
            for (Change change : changes) {
                long at = revisionOf(change);
                if (current != at && current != -1) {
                    hashed.end(current);
                }
                sub = at == current ? sub + 1 : 0;
                current = at;
                put(batch, change, sub, hashed.running());
            }
            if (current != -1) {
                hashed.end(current);
            }
            hashed.write(batch);
            AnswerRows.window(batch, requests, changes);
            batch.put(meta, REVISION, Layout.number(revision));
            batch.put(meta, APPLIED, pair(applied.term(), applied.index()));
            for (Proposed each : proposed) {
                batch.put(meta, proposer(each.member()), pair(each.incarnation(), each.sequence()));
            }
            long compact = compactRevision(changes);
            views.entryBegins();
            written.tellReplaced(changes, replaced);
            write(batch, changes);
            hashed.done(revision);
            written.entry(changes, revision, compact, proposed);
            compactRevision = compact;
            alarms = Alarms.after(alarms, changes);
            // A view made since the batch was written may still have the alarms from before.
            views.entryWritten(revision, compact);
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot write: " + e.getMessage(), e);
        }
    }

    private long compactRevision(List<Change> changes) {
        long newest = written.compactRevision();
        for (Change change : changes) {
            newest = change instanceof Change.Compacted(long at) ? at : newest;
        }
        return newest;
    }

    private void write(WriteBatch batch, List<Change> changes) throws RocksDBException {
        Optional<AuthState> changed = AuthRows.newest(changes);
        if (changed.isEmpty()) {
            write(batch);
            return;
        }
        // A read that began before ends first, and one that begins after sees keys and permissions of the same moment.
        open.writeLock().lock();
        try {
            write(batch);
            auth = changed.get();
        } finally {
            open.writeLock().unlock();
        }
    }

    /** Users and roles, and whether they count; those of a view are in the view. */
    public AuthState auth() {
        return auth;
    }

    private static long revisionOf(Change change) {
        return switch (change) {
            case Change.Put(KeyValue kv, long _) -> kv.getModRevision();
            case Change.Delete(ByteString _, long at, long _) -> at;
            case Change.LeaseGranted _,
                    Change.LeaseCheckpointed _,
                    Change.LeaseRevoked _,
                    Change.AlarmRaised _,
                    Change.AlarmLowered _,
                    Change.Compacted _ -> -1;
            case Change.Auth _, Change.TokenAssigned _ -> -1;
            case Change.Members _, Change.AnswerKept _, Change.AnswerForgotten _ -> -1;
        };
    }

    private void put(WriteBatch batch, Change change, int sub, RunningHash hash) throws RocksDBException {
        switch (change) {
            case Change.Put(KeyValue kv, long previousLease) -> {
                byte[] value = kv.toByteArray();
                hash.put(value);
                long at = kv.getModRevision();
                batch.put(latest, kv.getKey().toByteArray(), Layout.latest(value, at, sub));
                batch.put(
                        versions,
                        Layout.version(kv.getKey(), at),
                        ByteBuffer.allocate(4).putInt(sub).array());
                batch.put(history, Layout.history(at, sub), Layout.put(value));
                attach(batch, kv.getKey(), previousLease, kv.getLease());
            }
            case Change.Delete(ByteString key, long at, long previousLease) -> {
                hash.delete(key);
                batch.delete(latest, key.toByteArray());
                batch.put(
                        versions,
                        Layout.version(key, at),
                        ByteBuffer.allocate(4).putInt(sub).array());
                batch.put(history, Layout.history(at, sub), Layout.delete(key));
                attach(batch, key, previousLease, 0);
            }
            case Change.LeaseGranted(LeaseRecord lease) ->
                batch.put(leases, Layout.number(lease.id()), Layout.lease(lease));
            case Change.LeaseCheckpointed(LeaseRecord lease) ->
                batch.put(leases, Layout.number(lease.id()), Layout.lease(lease));
            case Change.LeaseRevoked(long id) -> batch.delete(leases, Layout.number(id));
            case Change.AlarmRaised(AlarmMember alarm) -> batch.put(meta, Layout.alarm(alarm), new byte[0]);
            case Change.AlarmLowered(AlarmMember alarm) -> batch.delete(meta, Layout.alarm(alarm));
            case Change.Members(Membership after) ->
                batch.put(meta, MEMBERS, MemberCodec.state(after).toByteArray());
            case Change.Compacted(long at) -> batch.put(meta, COMPACT, Layout.number(at));
            case Change.Auth(AuthState before, AuthState after) -> AuthRows.write(batch, meta, before, after);
            // Tokens live in memory only.
            case Change.TokenAssigned _ -> {}
            case Change.AnswerKept kept -> AnswerRows.put(batch, requests, kept);
            case Change.AnswerForgotten forgotten -> AnswerRows.delete(batch, requests, forgotten);
        }
    }

    private void attach(WriteBatch batch, ByteString key, long before, long after) throws RocksDBException {
        if (before == after) {
            return;
        }
        if (before != 0) {
            batch.delete(leaseKeys, Layout.leaseKey(before, key));
        }
        if (after != 0) {
            batch.put(leaseKeys, Layout.leaseKey(after, key), new byte[0]);
        }
    }

    void write(WriteBatch batch) throws RocksDBException {
        open.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            db.write(writeOptions, batch);
            views.written();
        } finally {
            open.readLock().unlock();
        }
    }

    byte @Nullable [] hashBase() {
        return get(meta, HASH_BASE);
    }

    void putHashBase(WriteBatch batch, long revision) throws RocksDBException {
        batch.put(meta, HASH_BASE, Layout.number(revision));
    }

    HashRows hashRows() {
        return hashRows;
    }

    /**
     * The running hash at a revision ({@link RunningHash}).
     *
     * @return empty if the revision is compacted, not there yet, or older than the hashes
     */
    public Optional<HashAt> runningHash(long revision) {
        open.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            OptionalLong hash = hashRows.at(revision, null);
            return hash.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new HashAt(hashRows.base(), revision, hash.getAsLong()));
        } finally {
            open.readLock().unlock();
        }
    }

    /** Gives space back that deleted data hold, if that is worth the work, or in any case; blocks, but nobody else. */
    public Reclaimer reclaimer() {
        return reclaimer;
    }

    /** The revision below which history is really gone from disk. */
    long compactedThrough() {
        byte[] bytes = get(meta, COMPACTED);
        return bytes == null ? 0 : Layout.number(bytes);
    }

    void setCompactedThrough(WriteBatch batch, long revision) throws RocksDBException {
        batch.put(meta, COMPACTED, Layout.number(revision));
    }

    static byte[] revisionKey() {
        return REVISION;
    }

    static byte[] membersKey() {
        return MEMBERS;
    }

    static byte[] compactKey() {
        return COMPACT;
    }

    private static byte[] proposer(String member) {
        return (PROPOSER + member).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] pair(long first, long second) {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(first)
                .putLong(second)
                .array();
    }

    private byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) {
        open.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            return db.get(family, key);
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot read: " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** Makes a consistent copy by hard links, flushed, that can be opened with all that is in it or not at all; the directory must not exist. */
    public void checkpoint(Path directory) {
        open.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            // Asked before: an entry that is applied meanwhile may be in the copy or not.
            AppliedIndex held = appliedIndex();
            try (Checkpoint checkpoint = Checkpoint.create(db)) {
                checkpoint.createCheckpoint(directory.toString());
            }
            new AppliedMark(directory).write(held);
        } catch (RocksDBException e) {
            throw new IllegalStateException("no checkpoint of the store in " + directory + ": " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** Bytes on disk, and how many of them are in use (an estimate). */
    public long[] sizes() {
        open.readLock().lock();
        try {
            if (closed) {
                return new long[] {0, 0};
            }
            long stored = 0;
            long live = 0;
            for (ColumnFamilyHandle family : families()) {
                stored += db.getLongProperty(family, "rocksdb.total-sst-files-size")
                        + db.getLongProperty(family, "rocksdb.cur-size-all-mem-tables");
                live += db.getLongProperty(family, "rocksdb.estimate-live-data-size")
                        + db.getLongProperty(family, "rocksdb.cur-size-all-mem-tables");
            }
            return new long[] {stored, live};
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot tell its size: " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** How many keys there are, about: RocksDB's estimate. */
    public long keys() {
        open.readLock().lock();
        try {
            return closed ? 0 : db.getLongProperty(latest, "rocksdb.estimate-num-keys");
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot tell how many keys it has: " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** Writes out what is in memory. A clean stop does it so that the next start need not replay; nothing depends on it. */
    public void flush() {
        open.readLock().lock();
        try (var options = new FlushOptions().setWaitForFlush(true)) {
            db.flush(options, families());
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot flush: " + e.getMessage(), e);
        } finally {
            open.readLock().unlock();
        }
    }

    /** Those that hold something. */
    private List<ColumnFamilyHandle> families() {
        return List.of(latest, versions, history, leases, leaseKeys, meta, hashes, requests);
    }

    /** Closes without flushing: what is lost the log brings back. */
    @Override
    public void close() {
        closing = true;
        reclaimer.cancel();
        open.writeLock().lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            views.close();
            for (ColumnFamilyHandle family : families()) {
                family.close();
            }
            db.close();
            settings.close();
            writeOptions.close();
            asIs.close();
        } finally {
            open.writeLock().unlock();
        }
    }

    /** Who asked came a moment too late: the member stops, or a snapshot of the leader's takes the state's place. */
    static KvException closed() {
        return new KvException(KvException.Reason.UNAVAILABLE, "etcdserver: server stopped");
    }
}
