package io.keelson.orchestrator.auth;

/**
 * Whether somebody may.
 *
 * @param allowed whether it may; if not, nothing said that it may
 * @param reason why, in Kubernetes' words; may be empty
 */
public record Decision(boolean allowed, String reason) {

    /** Yes, without a word. */
    public static final Decision ALLOWED = new Decision(true, "");

    /** Nothing says that it may. */
    public static final Decision NO_OPINION = new Decision(false, "");

    /** Yes. */
    public static Decision allowed(String reason) {
        return new Decision(true, reason);
    }

    /** Nothing says that it may. */
    public static Decision noOpinion(String reason) {
        return new Decision(false, reason);
    }
}
