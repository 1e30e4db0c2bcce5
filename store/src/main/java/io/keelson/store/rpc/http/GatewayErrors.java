package io.keelson.store.rpc.http;

import io.grpc.Status;

/** A status of gRPC as the gateway tells it: google.rpc.Status as JSON, under the status of HTTP that is nearest. */
final class GatewayErrors {

    /** Not in any RFC: the client went away. */
    private static final int CLIENT_CLOSED_REQUEST = 499;

    private GatewayErrors() {}

    static Page page(int http, Status status) {
        return Page.json(http, json(status));
    }

    static String json(Status status) {
        String message = status.getDescription();
        return "{\"code\":" + status.getCode().value() + ",\"message\":" + Json.quote(message == null ? "" : message)
                + ",\"details\":[]}";
    }

    /** The map of grpc-gateway. */
    static int http(Status.Code code) {
        return switch (code) {
            case OK -> 200;
            case CANCELLED -> CLIENT_CLOSED_REQUEST;
            case UNKNOWN, INTERNAL, DATA_LOSS -> 500;
            case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE -> 400;
            case DEADLINE_EXCEEDED -> 504;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, ABORTED -> 409;
            case PERMISSION_DENIED -> 403;
            case UNAUTHENTICATED -> 401;
            case RESOURCE_EXHAUSTED -> 429;
            case UNIMPLEMENTED -> 501;
            case UNAVAILABLE -> 503;
        };
    }
}
