package io.keelson.orchestrator.api;

import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.store.KvException;
import java.util.function.Supplier;

/** The store's refusals in Kubernetes' words. */
public final class Failures {

    private Failures() {}

    /** Calls the store. */
    public static <T> T translated(Supplier<T> call) {
        try {
            return call.get();
        } catch (KvException e) {
            throw of(e);
        }
    }

    /** A refusal of the store, as requests are told it. */
    public static ApiException of(KvException e) {
        Reason reason = switch (e.reason()) {
            case COMPACTED -> Reason.EXPIRED;
            case FUTURE_REVISION, UNKNOWN_OUTCOME -> Reason.TIMEOUT;
            case INVALID, LEASE_NOT_FOUND, LEASE_EXISTS -> Reason.INTERNAL_ERROR;
            case OVERLOADED -> Reason.TOO_MANY_REQUESTS;
            case NO_SPACE, CORRUPT, UNAVAILABLE -> Reason.SERVICE_UNAVAILABLE;
        };
        return new ApiException(Rejection.of(reason, e.getMessage() == null ? reason.word() : e.getMessage()), e);
    }
}
