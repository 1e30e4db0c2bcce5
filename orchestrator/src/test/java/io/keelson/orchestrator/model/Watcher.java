package io.keelson.orchestrator.model;

import io.keelson.orchestrator.model.History.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A watch and what it was told. Judged when it is over.
 *
 * @param from the revision after which it began; 0 if it began with what existed
 * @param before the store's revision when it was asked for
 */
record Watcher(String how, Selection selection, long from, long before, List<Told> told, List<String> failures) {

    static final String BOOKMARK = "BOOKMARK";
    /** A bookmark that ends what existed. */
    static final String INITIAL_END = "INITIAL_END";
    /** The end of a stream whose history was compacted. */
    static final String EXPIRED = "EXPIRED";

    /** What is wrong with what was told, by a history that knows all of it; empty if nothing is. */
    Optional<String> fault(History history, long compacted) {
        if (!failures.isEmpty()) {
            return Optional.of(this + " failed: " + failures);
        }
        List<Told> lines = new ArrayList<>(told);
        boolean expired = !lines.isEmpty() && lines.getLast().type().equals(EXPIRED);
        if (expired) {
            lines.removeLast();
            if (compacted <= Math.max(from, last(lines))) {
                return Optional.of(this + " says that its history is gone, but only " + compacted + " is compacted");
            }
        }
        if (from > 0) {
            return faultAfter(history, from, lines);
        }
        Optional<Told> end =
                lines.stream().filter(line -> line.type().equals(INITIAL_END)).findFirst();
        List<Long> begins = new ArrayList<>();
        if (end.isPresent()) {
            begins.add(end.get().revision());
        } else {
            begins.add(before);
            begins.addAll(history.revisions(selection.row(), before));
        }
        Optional<String> fault = Optional.of("nothing was told");
        for (long begin : begins) {
            int size = history.state(selection, begin).size();
            if (lines.size() < size || begin < before) {
                fault = Optional.of(this + " does not begin with what existed at " + begin);
                continue;
            }
            TreeMap<History.Key, Told> initial = fold(lines.subList(0, size));
            List<Told> rest = new ArrayList<>(lines.subList(size, lines.size()));
            if (end.isPresent() && !rest.isEmpty()) {
                if (!rest.getFirst().type().equals(INITIAL_END)) {
                    return Optional.of(this + " says more than existed at " + begin);
                }
                rest.removeFirst();
            }
            fault = initial.equals(history.state(selection, begin))
                    ? faultAfter(history, begin, rest)
                    : Optional.of(this + " begins with " + initial + " but at " + begin + " there was "
                            + history.state(selection, begin));
            if (fault.isEmpty()) {
                return fault;
            }
        }
        return fault;
    }

    private Optional<String> faultAfter(History history, long begin, List<Told> lines) {
        List<Told> seen = new ArrayList<>();
        long reached = begin;
        for (Told line : lines) {
            if (line.revision() < reached) {
                return Optional.of(this + " goes back from " + reached + " to " + line);
            }
            reached = line.revision();
            if (!line.type().equals(BOOKMARK)) {
                seen.add(line);
            } else if (!seen.equals(history.events(selection, begin, reached))) {
                return Optional.of(difference(history, begin, reached, seen));
            }
        }
        return seen.equals(history.events(selection, begin, reached))
                ? Optional.empty()
                : Optional.of(difference(history, begin, reached, seen));
    }

    private String difference(History history, long begin, long upTo, List<Told> seen) {
        List<Told> expected = history.events(selection, begin, upTo);
        int same = 0;
        while (same < seen.size() && same < expected.size() && seen.get(same).equals(expected.get(same))) {
            same++;
        }
        return this + " after " + begin + ", up to " + upTo + ", from event " + same + " on:\n  told     "
                + seen.subList(same, Math.min(seen.size(), same + 2)) + "\n  expected "
                + expected.subList(same, Math.min(expected.size(), same + 2));
    }

    /** The revision up to which it was told everything. */
    static long last(List<Told> lines) {
        return lines.isEmpty() ? 0 : lines.getLast().revision();
    }

    /** What a client believes that has heard these lines. */
    TreeMap<History.Key, Told> fold(List<Told> lines) {
        TreeMap<History.Key, Told> state = new TreeMap<>();
        for (Told line : lines) {
            History.Key key = key(line);
            switch (line.type()) {
                case "ADDED", "MODIFIED" -> state.put(key, new Told("ADDED", line.revision(), line.object()));
                case "DELETED" -> state.remove(key);
                default -> {}
            }
        }
        return state;
    }

    private History.Key key(Told line) {
        var metadata = line.object().path("metadata");
        return new History.Key(
                selection.row(),
                metadata.path("namespace").asString(""),
                metadata.path("name").asString(""));
    }

    @Override
    public String toString() {
        return how + " of " + selection + " from " + from;
    }
}
