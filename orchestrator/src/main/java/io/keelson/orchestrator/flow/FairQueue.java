package io.keelson.orchestrator.flow;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * So many seats, and a queue for each flow; when a seat becomes free the flow that has waited longest for its turn gets it. A flow that
 * asks for much waits for itself, not the others: each of n waiting flows gets every nth seat. A value that changes, for one thread at a
 * time.
 *
 * @param <W> who waits
 */
public final class FairQueue<W> {

    /** How a request is received. */
    public enum Entry {
        /** There is a seat: begin. */
        SEATED,
        /** There is none yet: wait for one. */
        QUEUED,
        /** Too many of the same flow, or of all, wait already. */
        REFUSED
    }

    private int maxOfFlow;
    private int maxOfAll;
    private int seats;
    private int taken;
    private int waiting;
    /** The flows that wait, the one whose turn is next first. */
    private final Map<String, Deque<W>> flows = new LinkedHashMap<>();

    /**
     * Nobody sits, nobody waits.
     *
     * @param seats how many requests are carried out at the same time; at least 1
     * @param maxOfFlow how many of one flow may wait
     * @param maxOfAll how many may wait altogether
     */
    public FairQueue(int seats, int maxOfFlow, int maxOfAll) {
        this.seats = seats;
        this.maxOfFlow = maxOfFlow;
        this.maxOfAll = maxOfAll;
    }

    /** Other bounds from now on; who sits and who waits stays. */
    public void bounds(int seatCount, int ofFlow, int ofAll) {
        seats = seatCount;
        maxOfFlow = ofFlow;
        maxOfAll = ofAll;
    }

    /** How many wait. */
    public int waiting() {
        return waiting;
    }

    /** Somebody comes. */
    public Entry enter(String flow, W who) {
        if (taken < seats && flows.isEmpty()) {
            taken++;
            return Entry.SEATED;
        }
        Deque<W> own = flows.get(flow);
        if (waiting >= maxOfAll || (own != null && own.size() >= maxOfFlow)) {
            return Entry.REFUSED;
        }
        flows.computeIfAbsent(flow, _ -> new ArrayDeque<>()).add(who);
        waiting++;
        return Entry.QUEUED;
    }

    /** Somebody gets up. */
    public void leave() {
        taken--;
    }

    /** Who sits down next; empty if there is no seat, or nobody waits. To be asked until it is empty. */
    public Optional<W> next() {
        if (taken >= seats || flows.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<String, Deque<W>> first = flows.entrySet().iterator().next();
        Deque<W> own = first.getValue();
        flows.remove(first.getKey());
        W who = own.remove();
        if (!own.isEmpty()) {
            // To the end: all others come before its next one.
            flows.put(first.getKey(), own);
        }
        waiting--;
        taken++;
        return Optional.of(who);
    }

    /** Somebody waits no longer; whether it did. */
    public boolean forget(String flow, W who) {
        Deque<W> own = flows.get(flow);
        if (own == null || !own.remove(who)) {
            return false;
        }
        if (own.isEmpty()) {
            flows.remove(flow);
        }
        waiting--;
        return true;
    }
}
