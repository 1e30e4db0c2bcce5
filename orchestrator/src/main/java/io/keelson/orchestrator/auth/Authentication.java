package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import java.util.List;

/** What is known of somebody from what it showed. */
public sealed interface Authentication {

    /**
     * It is this user.
     *
     * @param audiences for whom the proof was meant, as far as that is the one who asks; empty if the proof names none
     */
    record Known(User user, List<String> audiences) implements Authentication {
        /** Keeps its own copy. */
        public Known {
            audiences = List.copyOf(audiences);
        }

        /** Proven to anybody. */
        public Known(User user) {
            this(user, List.of());
        }
    }

    /** What was shown is of a form that another authenticator may know. */
    record NotMine() implements Authentication {}

    /**
     * What was shown proves nothing.
     *
     * @param reason why, for the one who looks for the fault
     */
    record Refused(String reason) implements Authentication {}
}
