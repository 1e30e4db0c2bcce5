package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.store.mvcc.KeyRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which cursors of a stream an event concerns, without asking each: those with the same interest are one group, a group of a single
 * key is found by that key, and groups of ranges by an implicit interval tree (groups sorted by their begin, each inner node knowing
 * the furthest end below it). The tree is laid out anew at the first event after a change: watches change seldom, events come often.
 */
final class WatchIndex {

    /** What a cursor wants to hear of. */
    private record Interest(KeyRange range, boolean previous) {}

    /** Cursors that want the same. */
    static final class Group {
        private final Interest interest;
        private final Set<WatchCursor> cursors = new LinkedHashSet<>();

        private Group(Interest interest) {
            this.interest = interest;
        }

        /** Whether they want {@code prev_kv}. */
        boolean previous() {
            return interest.previous;
        }

        /** The cursors, in the order in which they came. */
        Collection<WatchCursor> cursors() {
            return cursors;
        }
    }

    private static final Comparator<ByteString> ORDER = KeyRange.ORDER;

    private final Map<Interest, Group> groups = new HashMap<>();
    private final Map<ByteString, List<Group>> ofKeys = new HashMap<>();
    private final Set<Group> ofRanges = new LinkedHashSet<>();

    private boolean laidOut = true;
    private Group[] byBegin = new Group[0];
    /** The furthest end among the groups of the subtree whose root this is; empty for no end. */
    private ByteString[] furthest = new ByteString[0];

    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    void add(WatchCursor cursor) {
        Group group = groups.computeIfAbsent(new Interest(cursor.range(), cursor.previous()), this::enter);
        if (group.cursors.add(cursor)) {
            size++;
        }
    }

    private Group enter(Interest interest) {
        var group = new Group(interest);
        if (isSingle(interest.range)) {
            ofKeys.computeIfAbsent(interest.range.begin(), _ -> new ArrayList<>(1))
                    .add(group);
        } else {
            ofRanges.add(group);
            laidOut = false;
        }
        return group;
    }

    /** Removes the cursor, if it is there. */
    void remove(WatchCursor cursor) {
        var interest = new Interest(cursor.range(), cursor.previous());
        Group group = groups.get(interest);
        if (group == null || !group.cursors.remove(cursor)) {
            return;
        }
        size--;
        if (group.cursors.isEmpty()) {
            groups.remove(interest);
            if (isSingle(interest.range)) {
                List<Group> same = ofKeys.get(interest.range.begin());
                if (same != null && same.remove(group) && same.isEmpty()) {
                    ofKeys.remove(interest.range.begin());
                }
            } else {
                ofRanges.remove(group);
                laidOut = false;
            }
        }
    }

    /** All cursors. */
    List<WatchCursor> cursors() {
        var all = new ArrayList<WatchCursor>(size);
        groups.values().forEach(group -> all.addAll(group.cursors));
        return all;
    }

    void clear() {
        groups.clear();
        ofKeys.clear();
        ofRanges.clear();
        laidOut = false;
        size = 0;
    }

    /** The groups that the events concern, each with its events in order. */
    Map<Group, List<Event>> match(List<Event> events) {
        if (!laidOut) {
            layOut();
        }
        var matched = new LinkedHashMap<Group, List<Event>>();
        for (Event event : events) {
            ByteString key = event.getKv().getKey();
            for (Group group : ofKeys.getOrDefault(key, List.of())) {
                matched.computeIfAbsent(group, _ -> new ArrayList<>()).add(event);
            }
            stab(0, byBegin.length, key, event, matched);
        }
        return matched;
    }

    private static boolean isSingle(KeyRange range) {
        ByteString begin = range.begin();
        ByteString end = range.end();
        return end.size() == begin.size() + 1 && end.byteAt(begin.size()) == 0 && end.startsWith(begin);
    }

    private void layOut() {
        byBegin = ofRanges.stream()
                .sorted((a, b) -> ORDER.compare(a.interest.range.begin(), b.interest.range.begin()))
                .toArray(Group[]::new);
        furthest = new ByteString[byBegin.length];
        if (byBegin.length > 0) {
            measure(0, byBegin.length);
        }
        laidOut = true;
    }

    /** The subtree of the groups from {@code from} to below {@code to} has the middle one as its root. */
    private ByteString measure(int from, int to) {
        int root = (from + to) >>> 1;
        ByteString end = byBegin[root].interest.range.end();
        if (from < root) {
            end = further(end, measure(from, root));
        }
        if (root + 1 < to) {
            end = further(end, measure(root + 1, to));
        }
        furthest[root] = end;
        return end;
    }

    private static ByteString further(ByteString a, ByteString b) {
        if (a.isEmpty() || b.isEmpty()) {
            return ByteString.EMPTY;
        }
        return ORDER.compare(a, b) >= 0 ? a : b;
    }

    private void stab(int from, int to, ByteString key, Event event, Map<Group, List<Event>> matched) {
        if (from >= to) {
            return;
        }
        int root = (from + to) >>> 1;
        if (!furthest[root].isEmpty() && ORDER.compare(key, furthest[root]) >= 0) {
            return;
        }
        stab(from, root, key, event, matched);
        Group group = byBegin[root];
        if (ORDER.compare(key, group.interest.range.begin()) >= 0) {
            if (group.interest.range.isBeforeEnd(key)) {
                matched.computeIfAbsent(group, _ -> new ArrayList<>()).add(event);
            }
            stab(root + 1, to, key, event, matched);
        }
    }
}
