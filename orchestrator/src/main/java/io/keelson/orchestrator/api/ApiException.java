package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import tools.jackson.databind.node.ObjectNode;

/** A request that failed, with all that a Kubernetes {@code Status} says of it. */
public final class ApiException extends RuntimeException {

    private final transient Rejection rejection;
    private final transient boolean settled;

    /** For a refusal of the registry. */
    public ApiException(Rejection rejection) {
        super(rejection.message());
        this.rejection = rejection;
        this.settled = false;
    }

    /** For a failure with what led to it. */
    public ApiException(Rejection rejection, Throwable cause) {
        super(rejection.message(), cause);
        this.rejection = rejection;
        this.settled = false;
    }

    private ApiException(Rejection rejection, boolean settled) {
        super(rejection.message());
        this.rejection = rejection;
        this.settled = settled;
    }

    /** For a failure of somebody outside, such as a webhook that does not answer: to decide again by newer objects would not help. */
    public static ApiException settled(Rejection rejection) {
        return new ApiException(rejection, true);
    }

    /** For a failure that is about no object. */
    public ApiException(Reason reason, String message) {
        this(Rejection.of(reason, message));
    }

    /** There is no such object. */
    public static ApiException notFound(Kind kind, String name) {
        return new ApiException(Rejection.notFound(kind, name));
    }

    /** The request cannot be understood. */
    public static ApiException badRequest(String message) {
        return new ApiException(Rejection.badRequest(message));
    }

    /** Whether it would be no other if the write were decided once more, by the newest state. */
    public boolean isSettled() {
        return settled;
    }

    /** The machine-readable reason. */
    public Reason reason() {
        return rejection.reason();
    }

    /** The HTTP status. */
    public int code() {
        return rejection.reason().code();
    }

    /** All of it. */
    public Rejection rejection() {
        return rejection;
    }

    /** The {@code Status} object that tells this. */
    public ObjectNode status() {
        return rejection.status();
    }
}
