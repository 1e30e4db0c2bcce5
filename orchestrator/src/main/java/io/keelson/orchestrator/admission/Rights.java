package io.keelson.orchestrator.admission;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Decision;

/** Knows who may do what. */
@FunctionalInterface
public interface Rights {

    /** Nothing says that anybody may do anything. */
    Rights NONE = (_, _) -> Decision.NO_OPINION;

    /**
     * Whether a user may.
     *
     * @throws io.keelson.orchestrator.api.ApiException if nobody can say
     */
    Decision decide(User user, Access access);
}
