package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The state of a store in memory, with its history down to the compact revision. Not thread safe. */
public final class TreeView implements View {

    /** Versions of each key by revision; empty for a deletion. */
    private final NavigableMap<ByteString, NavigableMap<Long, Optional<KeyValue>>> keys = new TreeMap<>(KeyRange.ORDER);

    private final NavigableMap<Long, LeaseRecord> leases = new TreeMap<>();
    private final TreeMap<Long, TreeSet<ByteString>> leaseKeys = new TreeMap<>();
    private final TreeAnswers answers = new TreeAnswers();
    private List<AlarmMember> alarms = List.of();
    private long revision = 1;
    private long compactRevision;
    private AuthState auth = AuthState.NEW;
    private Membership membership = Membership.NONE;

    /** Takes over what a command changed. */
    public void take(Applied applied) {
        for (Change change : applied.changes()) {
            switch (change) {
                case Change.Put(KeyValue kv, long previousLease) -> {
                    versions(kv.getKey()).put(kv.getModRevision(), Optional.of(kv));
                    attach(kv.getKey(), previousLease, kv.getLease());
                }
                case Change.Delete(ByteString key, long at, long previousLease) -> {
                    versions(key).put(at, Optional.empty());
                    attach(key, previousLease, 0);
                }
                case Change.LeaseGranted(LeaseRecord lease) -> {
                    leases.put(lease.id(), lease);
                    leaseKeys.put(lease.id(), new TreeSet<>(KeyRange.ORDER));
                }
                case Change.LeaseCheckpointed(LeaseRecord lease) -> leases.put(lease.id(), lease);
                case Change.LeaseRevoked(long id) -> {
                    leases.remove(id);
                    leaseKeys.remove(id);
                }
                case Change.AlarmRaised _, Change.AlarmLowered _ -> {}
                case Change.Members(Membership after) -> membership = after;
                case Change.Compacted(long at) -> compact(at);
                case Change.Auth(AuthState _, AuthState after) -> auth = after;
                case Change.TokenAssigned _ -> {}
                case Change.AnswerKept kept -> answers.take(kept);
                case Change.AnswerForgotten forgotten -> answers.take(forgotten);
            }
        }
        alarms = Alarms.after(alarms, applied.changes());
        revision = applied.revision();
    }

    private NavigableMap<Long, Optional<KeyValue>> versions(ByteString key) {
        return keys.computeIfAbsent(key, _ -> new TreeMap<>());
    }

    private void attach(ByteString key, long before, long after) {
        TreeSet<ByteString> old = leaseKeys.get(before);
        if (old != null) {
            old.remove(key);
        }
        TreeSet<ByteString> attached = leaseKeys.get(after);
        if (attached != null) {
            attached.add(key);
        }
    }

    private void compact(long at) {
        compactRevision = at;
        var each = keys.values().iterator();
        while (each.hasNext()) {
            var versions = each.next();
            Long newest = versions.floorKey(at);
            if (newest != null) {
                versions.headMap(newest, false).clear();
                // A deletion at the compact revision itself may still have to be told to watchers that start there.
                if (versions.firstEntry().getValue().isEmpty() && newest < at) {
                    versions.remove(newest);
                }
            }
            if (versions.isEmpty()) {
                each.remove();
            }
        }
    }

    /** What happened to the keys of a range in revisions {@code from} to {@code to}, inclusive, in order of revision, then key. */
    public NavigableMap<Long, List<Change>> history(KeyRange range, long from, long to) {
        var history = new TreeMap<Long, List<Change>>();
        for (var entry : within(range).entrySet()) {
            entry.getValue()
                    .subMap(from, true, to, true)
                    .forEach((at, kv) -> history.computeIfAbsent(at, _ -> new ArrayList<>())
                            .add(kv.<Change>map(live -> new Change.Put(live, 0))
                                    .orElseGet(() -> new Change.Delete(entry.getKey(), at, 0))));
        }
        return history;
    }

    private NavigableMap<ByteString, NavigableMap<Long, Optional<KeyValue>>> within(KeyRange range) {
        if (range.isEmpty()) {
            return new TreeMap<>();
        }
        return range.end().isEmpty()
                ? keys.tailMap(range.begin(), true)
                : keys.subMap(range.begin(), true, range.end(), false);
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
        var versions = keys.get(key);
        var entry = versions == null ? null : versions.floorEntry(at);
        return entry == null ? Optional.empty() : entry.getValue();
    }

    @Override
    public Cursor range(KeyRange range, long at) {
        return new Live(within(range).values().iterator(), at);
    }

    @Override
    public Optional<LeaseRecord> lease(long id) {
        return Optional.ofNullable(leases.get(id));
    }

    @Override
    public List<ByteString> leaseKeys(long id) {
        TreeSet<ByteString> attached = leaseKeys.get(id);
        return attached == null ? List.of() : List.copyOf(attached);
    }

    @Override
    public Membership membership() {
        return membership;
    }

    @Override
    public List<LeaseRecord> leases() {
        return List.copyOf(leases.values());
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

    private static final class Live implements Cursor {
        private final Iterator<NavigableMap<Long, Optional<KeyValue>>> each;
        private final long at;
        private @Nullable KeyValue next;

        Live(Iterator<NavigableMap<Long, Optional<KeyValue>>> each, long at) {
            this.each = each;
            this.at = at;
            advance();
        }

        private void advance() {
            next = null;
            while (next == null && each.hasNext()) {
                var entry = each.next().floorEntry(at);
                next = entry == null ? null : entry.getValue().orElse(null);
            }
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
        public void close() {}
    }
}
