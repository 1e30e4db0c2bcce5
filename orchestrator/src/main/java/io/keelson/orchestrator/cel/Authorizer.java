package io.keelson.orchestrator.cel;

import java.util.Optional;

/** Whom expressions ask who may do what: the variable {@code authorizer}. */
@FunctionalInterface
public interface Authorizer {

    /**
     * A service account.
     *
     * @param namespace a DNS label
     * @param name a DNS subdomain
     */
    record Account(String namespace, String name) {}

    /** What somebody may or may not. */
    sealed interface Target {

        /**
         * Objects.
         *
         * @param subresource empty for the objects themselves
         * @param namespace empty for the whole cluster
         * @param name empty for all
         * @param fieldSelector as it is written; empty for none
         */
        record Resource(
                String group, String resource, String subresource, String namespace, String name, String fieldSelector)
                implements Target {}

        /** A path that is no object's. */
        record Path(String path) implements Target {}
    }

    /**
     * What comes of a question.
     *
     * @param reason why, may be empty
     * @param error why nobody knows; empty if somebody does
     */
    record Answer(boolean allowed, String reason, String error) {}

    /**
     * Asks.
     *
     * @param who empty for the user who sent the request
     * @param verb as it is written
     */
    Answer ask(Optional<Account> who, Target target, String verb);

    /** What an expression sees of it. */
    default Object value() {
        return new AuthorizerFunctions.Asking(this, Optional.empty());
    }

    /** What an expression sees of the question about certain objects, of which only the verb is open. */
    default Object about(Target.Resource resource) {
        return new AuthorizerFunctions.ResourceCheck(new AuthorizerFunctions.Asking(this, Optional.empty()), resource);
    }
}
