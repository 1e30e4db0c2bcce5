package io.keelson.orchestrator.admit;

import java.util.Optional;

/**
 * One rule of the pod security standards.
 *
 * @param since the minor version of Kubernetes 1.x that brought it
 * @param until the version from which on another rule is in its place; {@link SecurityLevel#LATEST} if none is
 * @param overridden whether the level restricted has a stricter rule in its place
 * @param rule what is wrong with a pod; empty if nothing is
 */
record SecurityCheck(int since, int until, boolean overridden, Rule rule) {

    /** Looks at a pod. */
    @FunctionalInterface
    interface Rule {
        Optional<Violation> look(PodView pod, int version);
    }

    /**
     * What is wrong.
     *
     * @param reason in a few words
     * @param detail who sets what
     */
    record Violation(String reason, String detail) {

        static Optional<Violation> of(boolean wrong, String reason, String detail) {
            return wrong ? Optional.of(new Violation(reason, detail)) : Optional.empty();
        }

        @Override
        public String toString() {
            return reason + " (" + detail + ")";
        }
    }

    static SecurityCheck always(Rule rule) {
        return new SecurityCheck(0, SecurityLevel.LATEST, false, rule);
    }

    static SecurityCheck since(int version, Rule rule) {
        return new SecurityCheck(version, SecurityLevel.LATEST, false, rule);
    }

    /** A rule of baseline that restricted has in a stricter form from a version on. */
    SecurityCheck stricterSince(int version) {
        return new SecurityCheck(since, version, true, rule);
    }

    boolean holdsFor(SecurityLevel level) {
        boolean replaced = overridden && level.level() == SecurityLevel.Level.RESTRICTED && level.minor() >= until;
        return level.minor() >= since && !replaced;
    }
}
