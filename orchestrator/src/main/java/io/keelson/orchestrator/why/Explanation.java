package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Ref;
import java.util.ArrayList;
import java.util.List;

/**
 * Why an object is not as wished, or that it is.
 *
 * @param state which of these
 * @param reason one sentence
 * @param remedy one sentence: what would change it; empty if it is as wished
 * @param chain from the object that was asked about to the one that is the cause
 */
public record Explanation(State state, String reason, String remedy, List<Link> chain) {

    /** How things stand; the later, the worse. */
    public enum State {
        /** Everything is as the object says. */
        AS_WISHED,
        /** It is not, but what has to happen is under way. */
        UNDER_WAY,
        /** It is not, and stays so until somebody does something. */
        STUCK
    }

    /**
     * One object on the way to the cause.
     *
     * @param ref which
     * @param says what it says of itself, in a few words
     */
    public record Link(Ref ref, String says) {}

    /** Keeps its own copy of the chain. */
    public Explanation {
        chain = List.copyOf(chain);
    }

    static Explanation asWished(Ref ref, String reason) {
        return new Explanation(State.AS_WISHED, reason, "", List.of(new Link(ref, "as wished")));
    }

    static Explanation underWay(Ref ref, String says, String reason, String remedy) {
        return new Explanation(State.UNDER_WAY, reason, remedy, List.of(new Link(ref, says)));
    }

    static Explanation stuck(Ref ref, String says, String reason, String remedy) {
        return new Explanation(State.STUCK, reason, remedy, List.of(new Link(ref, says)));
    }

    /** The same reason for an object that depends on this one. */
    Explanation causing(Ref ref, String says) {
        List<Link> longer = new ArrayList<>();
        longer.add(new Link(ref, says));
        longer.addAll(chain);
        return new Explanation(state, reason, remedy, longer);
    }

    boolean isAsWished() {
        return state == State.AS_WISHED;
    }
}
