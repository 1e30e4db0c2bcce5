package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A view inside one log entry: the stored state, and over it what the entry's commands have changed so far. With it all
 * commands of an entry can be decided before anything is written, and written as one batch.
 */
public final class PendingView implements View {

    /**
     * A key as one of the entry's revisions left it.
     *
     * @param kv empty for a deleted key
     * @param before as an earlier revision of the entry left it, null if none touched it
     */
    private record Version(
            long revision, Optional<KeyValue> kv, @Nullable Version before) {

        /** The key as it was at a revision, null if the entry had not touched it. */
        static @Nullable Version at(@Nullable Version newest, long revision) {
            Version version = newest;
            while (version != null && version.revision > revision) {
                version = version.before;
            }
            return version;
        }
    }

    private final View base;
    private final KeyTable<Version> pending = new KeyTable<>();
    /** Leases granted (present) and revoked (empty) in this entry. */
    private final Map<Long, Optional<LeaseRecord>> leases = new TreeMap<>();
    /** Keys attached (true) to and detached (false) from leases in this entry. */
    private final Map<Long, NavigableMap<ByteString, Boolean>> attachments = new HashMap<>();

    private final PendingAnswers answers;
    private List<AlarmMember> alarms;
    private long revision;
    private long compactRevision;
    private AuthState auth;
    /** The members as this entry changes them; null while it does not. */
    private @Nullable Membership membership;

    /** Nothing is pending yet. */
    public PendingView(View base) {
        this.base = base;
        this.alarms = base.alarms();
        this.revision = base.revision();
        this.compactRevision = base.compactRevision();
        this.auth = base.auth();
        this.answers = new PendingAnswers(base);
    }

    /** Takes over what a command changed. */
    public void take(Applied applied) {
        for (Change change : applied.changes()) {
            switch (change) {
                case Change.Put(KeyValue kv, long previousLease) -> {
                    set(kv.getKey(), kv.getModRevision(), Optional.of(kv));
                    attach(kv.getKey(), previousLease, kv.getLease());
                }
                case Change.Delete(ByteString key, long at, long previousLease) -> {
                    set(key, at, Optional.empty());
                    attach(key, previousLease, 0);
                }
                case Change.LeaseGranted(LeaseRecord lease) -> leases.put(lease.id(), Optional.of(lease));
                case Change.LeaseCheckpointed(LeaseRecord lease) -> leases.put(lease.id(), Optional.of(lease));
                case Change.LeaseRevoked(long id) -> leases.put(id, Optional.empty());
                case Change.AlarmRaised _, Change.AlarmLowered _ -> {}
                case Change.Members(Membership after) -> membership = after;
                case Change.Compacted(long at) -> compactRevision = at;
                case Change.Auth(AuthState _, AuthState after) -> auth = after;
                case Change.TokenAssigned _ -> {}
                case Change.AnswerKept kept -> answers.take(kept);
                case Change.AnswerForgotten forgotten -> answers.take(forgotten);
            }
        }
        alarms = Alarms.after(alarms, applied.changes());
        revision = applied.revision();
    }

    private void set(ByteString key, long at, Optional<KeyValue> kv) {
        pending.put(key, new Version(at, kv, pending.get(key)));
    }

    private void attach(ByteString key, long before, long after) {
        if (before != 0) {
            attachments
                    .computeIfAbsent(before, _ -> new TreeMap<>(KeyRange.ORDER))
                    .put(key, false);
        }
        if (after != 0) {
            attachments
                    .computeIfAbsent(after, _ -> new TreeMap<>(KeyRange.ORDER))
                    .put(key, true);
        }
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
        Version own = Version.at(pending.get(key), at);
        return own == null ? base.get(key, Math.min(at, base.revision())) : own.kv;
    }

    @Override
    public Cursor range(KeyRange range, long at) {
        Cursor below = base.range(range, Math.min(at, base.revision()));
        if (at <= base.revision() || pending.isEmpty()) {
            return below;
        }
        var own = new TreeMap<ByteString, Optional<KeyValue>>(KeyRange.ORDER);
        pending.within(range).forEach((key, newest) -> {
            Version then = Version.at(newest, at);
            if (then != null) {
                own.put(key, then.kv);
            }
        });
        return new Merge(below, own);
    }

    @Override
    public Optional<LeaseRecord> lease(long id) {
        Optional<LeaseRecord> own = leases.get(id);
        return own == null ? base.lease(id) : own;
    }

    @Override
    public List<ByteString> leaseKeys(long id) {
        var keys = new TreeSet<>(KeyRange.ORDER);
        keys.addAll(base.leaseKeys(id));
        var own = attachments.get(id);
        if (own != null) {
            own.forEach((key, attached) -> {
                if (attached) {
                    keys.add(key);
                } else {
                    keys.remove(key);
                }
            });
        }
        return List.copyOf(keys);
    }

    @Override
    public Membership membership() {
        return membership == null ? base.membership() : membership;
    }

    @Override
    public List<LeaseRecord> leases() {
        var all = new TreeMap<Long, LeaseRecord>();
        base.leases().forEach(lease -> all.put(lease.id(), lease));
        leases.forEach((id, lease) -> {
            all.remove(id);
            lease.ifPresent(granted -> all.put(id, granted));
        });
        return new ArrayList<>(all.values());
    }

    @Override
    public AuthState auth() {
        return auth;
    }

    @Override
    public KeptAnswers answers() {
        return answers;
    }

    @Override
    public List<AlarmMember> alarms() {
        return alarms;
    }

    /** Merges two ordered sources; what is pending wins. */
    static final class Merge implements Cursor {
        private final Cursor below;
        private final NavigableMap<ByteString, Optional<KeyValue>> own;
        private final Iterator<KeyValue> above;
        private @Nullable KeyValue nextBelow;
        private @Nullable KeyValue nextAbove;

        Merge(Cursor below, NavigableMap<ByteString, Optional<KeyValue>> own) {
            this.below = below;
            this.own = own;
            this.above = own.values().stream().flatMap(Optional::stream).iterator();
            advanceBelow();
            advanceAbove();
        }

        private void advanceBelow() {
            nextBelow = null;
            while (nextBelow == null && below.hasNext()) {
                KeyValue kv = below.next();
                nextBelow = own.containsKey(kv.getKey()) ? null : kv;
            }
        }

        private void advanceAbove() {
            nextAbove = above.hasNext() ? above.next() : null;
        }

        @Override
        public boolean hasNext() {
            return nextBelow != null || nextAbove != null;
        }

        @Override
        public KeyValue next() {
            KeyValue low = nextBelow;
            KeyValue high = nextAbove;
            if (high != null && (low == null || KeyRange.ORDER.compare(high.getKey(), low.getKey()) < 0)) {
                advanceAbove();
                return high;
            }
            if (low == null) {
                throw new NoSuchElementException("the range has no more keys");
            }
            advanceBelow();
            return low;
        }

        @Override
        public void close() {
            below.close();
        }
    }
}
