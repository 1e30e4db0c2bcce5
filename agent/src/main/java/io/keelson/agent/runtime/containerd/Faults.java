package io.keelson.agent.runtime.containerd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.agent.runtime.RuntimeFault;
import java.util.function.Function;

/** What containerd's errors mean. It sends few numeric codes, so some are told apart by their text. */
final class Faults {
    /** What CRI says with code UNKNOWN between the opening of the socket and the end of its recovery. */
    private static final String STARTING = "server is not initialized yet";

    private Faults() {}

    /** The daemon does not answer, or something is not there; for all other errors {@code otherwise} says what they are. */
    static RuntimeFault of(StatusRuntimeException e, Function<String, RuntimeFault> otherwise) {
        String message = text(e);
        if (message.contains(STARTING)) {
            return new RuntimeFault.Unavailable("containerd is starting: " + message, e);
        }
        return switch (e.getStatus().getCode()) {
            case UNAVAILABLE -> new RuntimeFault.Unavailable("containerd does not answer: " + message, e);
            case DEADLINE_EXCEEDED -> new RuntimeFault.Unavailable("containerd does not answer in time: " + message, e);
            case CANCELLED -> new RuntimeFault.Unavailable("the call to containerd was broken off: " + message, e);
            case NOT_FOUND -> new RuntimeFault.NotFound(message);
            default -> otherwise.apply(message);
        };
    }

    /** For exec, where the deadline is the command's. */
    static RuntimeFault ofExec(StatusRuntimeException e, String command) {
        String message = text(e);
        if (e.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return new RuntimeFault.ExecTimeout("command " + command + " timed out: " + message);
        }
        if (message.contains("is in CONTAINER_")
                || message.contains("not running")
                || message.contains("not found: task")) {
            return new RuntimeFault.NotFound(message);
        }
        return of(e, RuntimeFault.ExecFailed::new);
    }

    /** A registry that has no such image answers NOT_FOUND, which is no fault of the runtime. */
    static RuntimeFault ofPull(StatusRuntimeException e, String image) {
        String message = text(e);
        if (message.contains("invalid reference format") || message.contains("failed to parse image reference")) {
            return new RuntimeFault.InvalidImageName("image " + image + ": " + message);
        }
        return switch (e.getStatus().getCode()) {
            case UNAVAILABLE -> Faults.of(e, RuntimeFault.ImagePullFailed::new);
            case DEADLINE_EXCEEDED ->
                new RuntimeFault.ImagePullFailed("pulling " + image + " took too long: " + message);
            default -> new RuntimeFault.ImagePullFailed("cannot pull " + image + ": " + message);
        };
    }

    static boolean isNotFound(StatusRuntimeException e) {
        return e.getStatus().getCode() == Status.Code.NOT_FOUND;
    }

    static String text(StatusRuntimeException e) {
        String description = e.getStatus().getDescription();
        return description == null ? e.getStatus().getCode().toString() : description;
    }
}
