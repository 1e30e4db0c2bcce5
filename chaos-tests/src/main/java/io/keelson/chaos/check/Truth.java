package io.keelson.chaos.check;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Version;
import io.keelson.chaos.history.WatchLog;
import io.keelson.chaos.history.WatchLog.Answer;
import io.keelson.chaos.history.WatchLog.Seen;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What really happened, revision by revision: the union of what all watches of the whole store delivered. Where two of them differ the
 * store has already broken its word, and the first is believed.
 */
public final class Truth {

    private record Place(long revision, String key) {}

    private final NavigableMap<Long, List<Change>> revisions = new TreeMap<>();
    private final NavigableMap<String, NavigableMap<Long, Optional<Version>>> keys = new TreeMap<>();
    private final Map<Long, Long> firstSeen = new HashMap<>();
    private final Map<String, List<Long>> putsOf = new HashMap<>();
    private final List<Violation> conflicts = new ArrayList<>();

    private Truth() {}

    /** Puts together what the watches of all keys saw. */
    public static Truth of(List<WatchLog> watches) {
        var truth = new Truth();
        var known = new HashMap<Place, Change>();
        for (WatchLog watch : watches) {
            if (isWhole(watch)) {
                for (Answer answer : watch.answers()) {
                    for (Seen seen : answer.events()) {
                        truth.add(watch, answer, seen.change(), known);
                    }
                }
            }
        }
        truth.findHoles();
        return truth;
    }

    private static boolean isWhole(WatchLog watch) {
        return watch.wanted().keys().equals(Keys.ALL)
                && !watch.wanted().withoutPuts()
                && !watch.wanted().withoutDeletes();
    }

    private void add(WatchLog watch, Answer answer, Change change, Map<Place, Change> known) {
        firstSeen.merge(change.revision(), answer.received(), Math::min);
        Change before = known.putIfAbsent(new Place(change.revision(), change.key()), change);
        if (before == null) {
            revisions.computeIfAbsent(change.revision(), _ -> new ArrayList<>()).add(change);
            keys.computeIfAbsent(change.key(), _ -> new TreeMap<>()).put(change.revision(), change.after());
            change.after()
                    .ifPresent(
                            after -> putsOf.computeIfAbsent(after.key() + "=" + after.value(), _ -> new ArrayList<>())
                                    .add(change.revision()));
        } else if (!before.equals(change)) {
            conflicts.add(new Violation(
                    "one history",
                    "member " + (watch.member() + 1) + " tells " + change + ", another " + before,
                    answer.received(),
                    watch.client()));
        }
    }

    private void findHoles() {
        long expected = 2;
        for (long revision : revisions.keySet()) {
            if (revision > expected) {
                conflicts.add(Violation.of(
                        "one history", "no watch delivered revisions " + expected + " to " + (revision - 1)));
            }
            expected = revision + 1;
        }
    }

    /** Where the sources contradict each other or are silent. */
    public List<Violation> conflicts() {
        return List.copyOf(conflicts);
    }

    /** The newest revision that anybody saw. */
    public long newest() {
        return revisions.isEmpty() ? 1 : revisions.lastKey();
    }

    /** What a revision changed, in order; empty for one that nobody saw. */
    public List<Change> at(long revision) {
        return revisions.getOrDefault(revision, List.of());
    }

    /** All revisions that changed something, with what they changed. */
    public NavigableMap<Long, List<Change>> revisions() {
        return revisions;
    }

    /** When a revision was seen first, in nanoseconds of the run. */
    public Optional<Long> seenAt(long revision) {
        return Optional.ofNullable(firstSeen.get(revision));
    }

    /** A key as it was at a revision. */
    public Optional<Version> get(String key, long revision) {
        var versions = keys.get(key);
        if (versions == null) {
            return Optional.empty();
        }
        var entry = versions.floorEntry(revision);
        return entry == null ? Optional.empty() : entry.getValue();
    }

    /** Keys as they were at a revision, in order. */
    public List<Version> list(Keys wanted, long revision) {
        if (wanted.end().isEmpty()) {
            return get(wanted.from(), revision).stream().toList();
        }
        var tail = keys.tailMap(wanted.from(), true);
        var found = new ArrayList<Version>();
        for (String key : (wanted.end().equals("\0") ? tail : tail.headMap(wanted.end(), false)).keySet()) {
            get(key, revision).ifPresent(found::add);
        }
        return found;
    }

    /** The keys that live under a lease at a revision. */
    public List<String> attached(long lease, long revision) {
        return list(Keys.ALL, revision).stream()
                .filter(version -> version.lease() == lease)
                .map(Version::key)
                .toList();
    }

    /** The revisions that put this value to this key. */
    public List<Long> putsOf(String key, String value) {
        return putsOf.getOrDefault(key + "=" + value, List.of());
    }
}
