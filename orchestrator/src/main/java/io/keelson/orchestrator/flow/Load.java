package io.keelson.orchestrator.flow;

import java.util.concurrent.atomic.LongAdder;

/** What the requests of one schema at one level do and did. Thread safe; cheap when many threads count at once. */
public final class Load {

    /** Why a request was not let in, in Kubernetes' words. */
    public enum Refusal {
        /** Too many wait already. */
        QUEUE_FULL("queue-full"),
        /** There is no seat, and nobody waits at this level. */
        CONCURRENCY_LIMIT("concurrency-limit"),
        /** Its turn did not come in time. */
        TIME_OUT("time-out"),
        /** It was given up while it waited. */
        CANCELLED("cancelled");

        private final String word;

        Refusal(String word) {
            this.word = word;
        }

        /** As the label of a metric. */
        public String word() {
            return word;
        }
    }

    /**
     * Whose load it is.
     *
     * @param schema name of the FlowSchema
     * @param level name of the priority level
     */
    public record Of(String schema, String level) {}

    private final Of of;
    private final LongAdder waiting = new LongAdder();
    private final LongAdder executing = new LongAdder();
    private final LongAdder dispatched = new LongAdder();
    private final LongAdder queueFull = new LongAdder();
    private final LongAdder noSeat = new LongAdder();
    private final LongAdder timedOut = new LongAdder();
    private final LongAdder cancelled = new LongAdder();

    Load(Of of) {
        this.of = of;
    }

    /** Whose it is. */
    public Of of() {
        return of;
    }

    /** How many wait for their turn now. */
    public long waiting() {
        return waiting.sum();
    }

    /** How many have a seat now. */
    public long executing() {
        return executing.sum();
    }

    /** How many were let in until now. */
    public long dispatched() {
        return dispatched.sum();
    }

    /** How many were not let in until now for this reason. */
    public long refused(Refusal why) {
        return refusals(why).sum();
    }

    private LongAdder refusals(Refusal why) {
        return switch (why) {
            case QUEUE_FULL -> queueFull;
            case CONCURRENCY_LIMIT -> noSeat;
            case TIME_OUT -> timedOut;
            case CANCELLED -> cancelled;
        };
    }

    void waits() {
        waiting.increment();
    }

    void waitsNoMore() {
        waiting.decrement();
    }

    void sits() {
        dispatched.increment();
        executing.increment();
    }

    void stands() {
        executing.decrement();
    }

    void refuse(Refusal why) {
        refusals(why).increment();
    }
}
