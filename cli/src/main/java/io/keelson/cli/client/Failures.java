package io.keelson.cli.client;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.keelson.cli.print.Render;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.RefusedObjects;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import tools.jackson.databind.node.ObjectNode;

/** Turns what gRPC reports into what is wrong and what to do. */
public final class Failures {

    private Failures() {}

    /** The Kubernetes Status that a server put into its refusal, if it did. */
    public static Optional<ObjectNode> status(StatusRuntimeException failure) {
        var details = StatusProto.fromThrowable(failure);
        if (details == null) return Optional.empty();
        for (var detail : details.getDetailsList()) {
            try {
                if (detail.is(StringValue.class))
                    return Optional.of(
                            Render.parse(detail.unpack(StringValue.class).getValue()));
            } catch (InvalidProtocolBufferException notOurs) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** One thing that a server finds wrong in an object. */
    public record Cause(String field, String message) {}

    /** The fields that a server finds wrong, as its Status lists them. */
    public static List<Cause> causes(StatusRuntimeException failure) {
        return status(failure).map(Failures::causes).orElse(List.of());
    }

    private static List<Cause> causes(ObjectNode status) {
        var causes = new ArrayList<Cause>();
        status.path("details")
                .path("causes")
                .forEach(cause -> causes.add(new Cause(
                        cause.path("field").asString(""), cause.path("message").asString(""))));
        return causes;
    }

    /**
     * One object of a set that a server refused.
     *
     * @param index its place in the request; -1 if the request does not hold it
     */
    public record RefusedOne(int index, String message, List<Cause> causes) {}

    /** The objects of a set that a server refused, as far as it names them. */
    public static List<RefusedOne> refusedObjects(StatusRuntimeException failure) {
        var details = StatusProto.fromThrowable(failure);
        var all = new ArrayList<RefusedOne>();
        if (details == null) return all;
        for (var detail : details.getDetailsList()) {
            try {
                if (!detail.is(RefusedObjects.class)) continue;
                for (var one : detail.unpack(RefusedObjects.class).getRefusedList()) {
                    var status = Render.parse(one.getStatus().toByteArray());
                    all.add(new RefusedOne(
                            one.getIndex(), status.path("message").asString(""), causes(status)));
                }
            } catch (InvalidProtocolBufferException notOurs) {
                return all;
            }
        }
        return all;
    }

    /** What the server said, without gRPC's words. */
    public static String message(StatusRuntimeException failure) {
        return status(failure)
                .map(status -> status.path("message").asString(""))
                .filter(message -> !message.isEmpty())
                .orElseGet(() -> Optional.ofNullable(failure.getStatus().getDescription())
                        .orElse(failure.getStatus().getCode().name().toLowerCase(Locale.ROOT)));
    }

    /** Another server would say the same: a certificate does not become better by asking elsewhere. */
    static boolean isCertain(StatusRuntimeException failure) {
        return causesOf(failure).anyMatch(cause -> cause instanceof SSLException)
                && tls(failure).isPresent();
    }

    /** The failure for a person. */
    public static Trouble of(StatusRuntimeException failure, String server, String origin) {
        var tls = tls(failure);
        if (tls.isPresent()) {
            return Trouble.because(
                    failure,
                    "no trusted connection to " + server + ": " + tls.get(),
                    "The certificates come from " + origin + ". Do they belong to this cluster?",
                    "keelson up makes new ones where they have expired; keelson down --purge and keelson up begin"
                            + " anew.");
        }
        var message = message(failure);
        return switch (failure.getStatus().getCode()) {
            case UNAVAILABLE ->
                Trouble.because(
                        failure,
                        "no server could answer: " + message,
                        "A cluster needs more than half of its servers. See:  keelson status");
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                Trouble.because(failure, message, "You are who the certificate in " + origin + " says.");
            case UNIMPLEMENTED ->
                Trouble.because(failure, message, "This is not built yet, or the server is older than this command.");
            case DEADLINE_EXCEEDED ->
                Trouble.because(failure, server + " did not answer in time: " + message, "See:  keelson status");
            case RESOURCE_EXHAUSTED ->
                Trouble.because(failure, message, "The object or the answer is too large, or the store is full.");
            case INTERNAL, UNKNOWN, DATA_LOSS ->
                Trouble.because(
                        failure,
                        "the server " + server + " failed: " + message,
                        "Its log says more:  keelson status  names it.");
            case OK,
                    CANCELLED,
                    INVALID_ARGUMENT,
                    NOT_FOUND,
                    ALREADY_EXISTS,
                    FAILED_PRECONDITION,
                    ABORTED,
                    OUT_OF_RANGE -> Trouble.because(failure, message);
        };
    }

    private static Optional<String> tls(StatusRuntimeException failure) {
        if (failure.getStatus().getCode() != Status.Code.UNAVAILABLE) return Optional.empty();
        if (causesOf(failure).anyMatch(CertificateExpiredException.class::isInstance))
            return Optional.of("the server's certificate has expired");
        if (causesOf(failure).anyMatch(CertificateNotYetValidException.class::isInstance))
            return Optional.of("the server's certificate is not valid yet (is the clock right?)");
        return causesOf(failure)
                .filter(SSLException.class::isInstance)
                .map(cause -> String.valueOf(cause.getMessage()))
                .findFirst()
                .map(Failures::inWords);
    }

    private static String inWords(String message) {
        var lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("unable to find valid certification path")
                || lower.contains("path validation")
                || lower.contains("path does not chain")
                || lower.contains("signature check failed")) {
            return "the server's certificate was not issued by this cluster's authority";
        }
        if (lower.contains("no subject alternative")
                || lower.contains("no name matching")
                || lower.contains("hostname")) {
            return "the server's certificate is for another address (" + message + ")";
        }
        if (lower.contains("certificate_expired")) return "the server says that the client certificate has expired";
        if (lower.contains("unknown_ca")
                || lower.contains("certificate_unknown")
                || lower.contains("bad_certificate")) {
            return "the server does not accept the client certificate: its cluster's authority did not issue it";
        }
        if (lower.contains("certificate_required") || lower.contains("handshake_failure"))
            return "the server wants a client certificate";
        return message;
    }

    private static Stream<Throwable> causesOf(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, Throwable::getCause)
                .limit(20);
    }
}
