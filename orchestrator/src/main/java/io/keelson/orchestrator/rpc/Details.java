package io.keelson.orchestrator.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.StringValue;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** How a refusal is told: as Kubernetes' Status, and in google.rpc's words for clients that know only these; within what can be sent. */
final class Details {

    /** More wrong fields than these are in the Status alone. */
    private static final int MAX_VIOLATIONS = 8;

    /** Who gives the reasons their meaning. */
    static final String DOMAIN = "keelson.v1";

    /**
     * Bytes of all details. They travel in one header, as base64, which makes 3,868 of them. A header that is larger than HPACK's table of
     * 4,096 is never sent: Helidon looks for room in the table without end.
     */
    private static final int MAX_BYTES = 2_900;

    /** Bytes of the message as it travels in its own header, for the same reason. */
    private static final int MAX_MESSAGE_BYTES = 3_800;

    /** Of the message as part of the details; the header has more of it. */
    private static final int MAX_REPEATED_CHARACTERS = 300;

    private static final Metadata.Key<com.google.rpc.Status> KEY = Metadata.Key.of(
            "grpc-status-details-bin", ProtoUtils.metadataMarshaller(com.google.rpc.Status.getDefaultInstance()));

    private Details() {}

    /** A failure with as many details as there is room for: what is given first, the Kubernetes Status, and google.rpc's words. */
    static StatusRuntimeException failure(Status.Code code, Rejection rejection, List<Message> first) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(code.value())
                .setMessage(cut(rejection.message(), MAX_REPEATED_CHARACTERS));
        first.forEach(detail -> addIfRoom(status, detail));
        addStatus(status, rejection);
        of(rejection).forEach(detail -> addIfRoom(status, detail));
        Metadata trailers = new Metadata();
        trailers.put(KEY, status.build());
        return Status.fromCode(code)
                .withDescription(sendable(rejection.message()))
                .asRuntimeException(trailers);
    }

    /** With as many causes as there is room for. */
    private static void addStatus(com.google.rpc.Status.Builder status, Rejection rejection) {
        int causes = rejection.details().map(about -> about.causes().size()).orElse(0);
        if (addIfRoom(status, StringValue.of(Json.text(rejection.status())))) {
            return;
        }
        for (int kept = causes; ; kept = kept / 2) {
            if (addIfRoom(
                            status,
                            StringValue.of(Json.text(shortened(rejection, kept).status())))
                    || kept == 0) {
                return;
            }
        }
    }

    private static Rejection shortened(Rejection rejection, int causes) {
        return new Rejection(
                rejection.reason(),
                cut(rejection.message(), MAX_REPEATED_CHARACTERS),
                rejection
                        .details()
                        .map(about -> new Rejection.Details(
                                about.group(),
                                about.kind(),
                                about.name(),
                                about.uid(),
                                about.causes().subList(0, causes),
                                about.retryAfterSeconds())));
    }

    private static boolean addIfRoom(com.google.rpc.Status.Builder status, Message detail) {
        Any packed = Any.pack(detail);
        if (status.build().getSerializedSize() + packed.getSerializedSize() + Integer.BYTES > MAX_BYTES) {
            return false;
        }
        status.addDetails(packed);
        return true;
    }

    private static String cut(String text, int characters) {
        return text.length() <= characters ? text : text.substring(0, characters) + "...";
    }

    /** As much of a message as fits: each byte that is not printable ASCII, and each percent sign, takes three. */
    static String sendable(String message) {
        int bytes = 0;
        int at = 0;
        while (at < message.length()) {
            int character = message.codePointAt(at);
            boolean plain = character >= ' ' && character < 127 && character != '%';
            bytes += plain ? 1 : 3 * Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
            if (bytes > MAX_MESSAGE_BYTES) {
                return message.substring(0, at) + "...";
            }
            at += Character.charCount(character);
        }
        return message;
    }

    /** The reason and what it is about; the fields that are wrong; when to try again. */
    static List<Message> of(Rejection rejection) {
        List<Message> details = new ArrayList<>();
        ErrorInfo.Builder info =
                ErrorInfo.newBuilder().setReason(rejection.reason().word()).setDomain(DOMAIN);
        rejection.details().ifPresent(about -> {
            put(info, "group", about.group());
            put(info, "kind", about.kind());
            put(info, "name", about.name());
        });
        details.add(info.build());
        List<Cause> causes = rejection.details().map(Rejection.Details::causes).orElse(List.of());
        if (rejection.reason() == Reason.INVALID && !causes.isEmpty()) {
            BadRequest.Builder bad = BadRequest.newBuilder();
            causes.stream()
                    .limit(MAX_VIOLATIONS)
                    .forEach(cause -> bad.addFieldViolationsBuilder()
                            .setField(cause.field())
                            .setDescription(cause.message())
                            .setReason(cause.reason()));
            details.add(bad.build());
        }
        int seconds =
                rejection.details().map(Rejection.Details::retryAfterSeconds).orElse(0);
        if (seconds > 0) {
            details.add(RetryInfo.newBuilder()
                    .setRetryDelay(Duration.newBuilder().setSeconds(seconds))
                    .build());
        }
        return details;
    }

    private static void put(ErrorInfo.Builder info, String name, String value) {
        if (!value.isEmpty()) {
            info.putMetadata(name, value);
        }
    }
}
