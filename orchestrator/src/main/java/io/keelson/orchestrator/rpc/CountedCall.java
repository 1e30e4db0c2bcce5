package io.keelson.orchestrator.rpc;

import io.grpc.MethodDescriptor;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.measure.Request;
import io.keelson.orchestrator.measure.RequestMetrics;
import java.util.Optional;
import java.util.Set;

/**
 * One call as it is counted: as a request for the objects that it was first authorized for, or else by the name of its method. Thread safe, and
 * never waits: a caller may go while its call waits for its turn.
 */
final class CountedCall {

    private static final Set<String> READING = Set.of("get", "list", "watch");

    private final RequestMetrics metrics;
    private final MethodDescriptor<?, ?> method;
    private final long began = System.nanoTime();
    private Optional<RequestMetrics.Running> running = Optional.empty();
    private Optional<Access> wanted = Optional.empty();
    private String version = "";
    private boolean dryRun;
    private int failure;

    /** A call that has begun. */
    CountedCall(RequestMetrics metrics, MethodDescriptor<?, ?> method) {
        this.metrics = metrics;
        this.method = method;
    }

    /**
     * What it wants; only the first thing counts.
     *
     * @param of the API's version in which it wants it; empty if it is no object
     */
    synchronized void wants(Access access, String of) {
        if (wanted.isEmpty() && running.isEmpty()) {
            wanted = Optional.of(access);
            version = of;
            running = Optional.of(metrics.begin(reads(access), began));
        }
    }

    /** It is to change nothing. */
    synchronized void dryRun() {
        dryRun = true;
    }

    /** It goes on for long. */
    synchronized void goesOn() {
        running.ifPresent(each -> each.goesOn(request()));
    }

    /** It fails, for a reason that has this code in HTTP. */
    synchronized void fails(int code) {
        failure = code;
    }

    /**
     * It is over.
     *
     * @param code what the end means in HTTP, unless the reason of a failure says it better
     */
    synchronized void over(int code) {
        RequestMetrics.Running ends = running.orElseGet(() -> metrics.begin(false, began));
        running = Optional.of(ends);
        ends.over(request(), failure == 0 ? code : failure);
    }

    private static boolean reads(Access access) {
        return switch (access) {
            case Access.ToObjects objects -> READING.contains(objects.verb());
            case Access.ToPath path -> path.verb().equals("get");
            case Access.ForNode node -> READING.contains(node.verb());
        };
    }

    private Request request() {
        if (wanted.isPresent() && wanted.get() instanceof Access.ToObjects objects) {
            return Request.toObjects(verb(objects.verb()), objects, version, dryRun);
        }
        String verb = switch (method.getType()) {
            case SERVER_STREAMING -> "WATCH";
            case CLIENT_STREAMING, BIDI_STREAMING -> "CONNECT";
            case UNARY, UNKNOWN -> wanted.filter(CountedCall::reads).isPresent() ? "GET" : "POST";
        };
        return Request.toPath(verb, "/" + method.getFullMethodName());
    }

    /** The method by which REST does the same. */
    private String verb(String verb) {
        return switch (verb) {
            case "get", "list", "watch" -> "GET";
            case "create" -> "POST";
            case "update" -> "PUT";
            case "patch" -> "Apply".equals(method.getBareMethodName()) ? "APPLY" : "PATCH";
            case "delete", "deletecollection" -> "DELETE";
            default -> "other";
        };
    }
}
