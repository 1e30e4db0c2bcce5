package io.keelson.orchestrator.registry;

/** Why a request fails: Kubernetes' machine-readable reasons, each with its HTTP status. */
public enum Reason {
    /** The request makes no sense, or its body cannot be read. */
    BAD_REQUEST("BadRequest", 400),
    /** Nobody knows who asks. */
    UNAUTHORIZED("Unauthorized", 401),
    /** It is known who asks, and that it may not. */
    FORBIDDEN("Forbidden", 403),
    /** There is no such object, kind or path. */
    NOT_FOUND("NotFound", 404),
    /** The path is there, but not for this method. */
    METHOD_NOT_ALLOWED("MethodNotAllowed", 405),
    /** The server cannot answer in a form that the caller accepts. */
    NOT_ACCEPTABLE("NotAcceptable", 406),
    /** An object of this name is there already. */
    ALREADY_EXISTS("AlreadyExists", 409),
    /** The object is not what the caller believed it to be, or a guard failed. Read again. */
    CONFLICT("Conflict", 409),
    /** The revision asked for is compacted. List again. */
    EXPIRED("Expired", 410),
    /** The body is larger than the server takes. */
    REQUEST_ENTITY_TOO_LARGE("RequestEntityTooLarge", 413),
    /** The body is of a form that the server does not read. */
    UNSUPPORTED_MEDIA_TYPE("UnsupportedMediaType", 415),
    /** The object is well-formed, but invalid. */
    INVALID("Invalid", 422),
    /** Too much is asked at once. Try again later. */
    TOO_MANY_REQUESTS("TooManyRequests", 429),
    /** The server is at fault. */
    INTERNAL_ERROR("InternalError", 500),
    /** The server is at fault, or somebody whom it asked, and Kubernetes gives no word for it. */
    UNKNOWN("", 500),
    /** The server knows of this, but has not learnt it. */
    NOT_IMPLEMENTED("NotImplemented", 501),
    /** The store has no leader, or a node is out of reach. Nothing was done; try again. */
    SERVICE_UNAVAILABLE("ServiceUnavailable", 503),
    /** There was no answer in time. A write may or may not have been done; read before trying again. */
    TIMEOUT("Timeout", 504);

    private final String word;
    private final int code;

    Reason(String word, int code) {
        this.word = word;
        this.code = code;
    }

    /** What stands in {@code status.reason}. */
    public String word() {
        return word;
    }

    /** The HTTP status that goes with it. */
    public int code() {
        return code;
    }
}
