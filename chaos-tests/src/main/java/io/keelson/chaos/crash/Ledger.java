package io.keelson.chaos.crash;

import io.keelson.proto.etcd.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was acknowledged, and what the store's history says; where they do not fit, a promise is broken.
 *
 * <pre>
 *   with an id     put(once/C/a, i), put(once/C/b, i) in one transaction, asked again until it is acknowledged:
 *                  i = 0, 1, 2, ... in the history, none left out, none twice, each at the revision that was acknowledged
 *   without one    put(plain/C/i, i), asked once: at most once in the history; exactly once, at that revision, if acknowledged
 *   all            revisions without a gap
 * </pre>
 */
final class Ledger {

    /** What is wrong is listed only so far. */
    private static final int MAX_VIOLATIONS = 20;

    private final Map<String, Long> acknowledged = new HashMap<>();
    private final Map<String, Long> happened = new HashMap<>();
    private final Map<String, Integer> next = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private long readThrough = 1;
    private long acknowledgements;

    /** A write of a value to a key was acknowledged at a revision. */
    synchronized void acknowledged(String key, int value, long revision) {
        acknowledgements++;
        Long before = acknowledged.put(key + "=" + value, revision);
        if (before != null) {
            violation(key + "=" + value + " was acknowledged at revisions " + before + " and " + revision);
        }
    }

    synchronized void violation(String what) {
        if (violations.size() < MAX_VIOLATIONS) {
            violations.add(what);
            System.out.println("BROKEN: " + what);
        }
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized long acknowledgements() {
        return acknowledgements;
    }

    /** The revision through which the history was read. */
    synchronized long readThrough() {
        return readThrough;
    }

    /** All that happened after {@link #readThrough}, through a revision, in order. */
    synchronized void history(List<Event> events, long through) {
        long last = readThrough;
        for (Event event : events) {
            var kv = event.getKv();
            String key = kv.getKey().toStringUtf8();
            long at = kv.getModRevision();
            if (at != last && at != last + 1) {
                violation("revision " + at + " comes after " + last);
            }
            last = Math.max(last, at);
            int value = Writers.number(kv.getValue());
            String write = key + "=" + value;
            Long before = happened.put(write, at);
            if (before != null) {
                violation(write + " was applied at revision " + before + " and again at " + at);
            }
            if (key.startsWith(Writers.ONCE)) {
                int expected = next.getOrDefault(key, 0);
                if (value != expected || kv.getVersion() != expected + 1) {
                    violation(key + " has value " + value + " and version " + kv.getVersion() + " at revision " + at
                            + ", where value " + expected + " is next");
                }
                next.put(key, value + 1);
            } else if (kv.getVersion() != 1) {
                violation(write + " has version " + kv.getVersion());
            }
        }
        if (last != through) {
            violation("the history ends at revision " + last + ", the store's revision is " + through);
        }
        readThrough = through;
    }

    /** After the last of the history: is everything there that was acknowledged? */
    synchronized void judge() {
        acknowledged.forEach((write, revision) -> {
            Long found = happened.get(write);
            if (found == null) {
                violation(write + " was acknowledged at revision " + revision + " and is lost");
            } else if (!found.equals(revision)) {
                violation(write + " was acknowledged at revision " + revision + " and happened at " + found);
            }
        });
        long unknown = happened.keySet().stream()
                .filter(write -> !acknowledged.containsKey(write))
                .filter(write -> write.startsWith(Writers.ONCE))
                .count();
        if (unknown > 0) {
            violation(
                    unknown + " writes with an id happened that nobody was told of, though all were asked to the end");
        }
    }
}
