package io.keelson.store.rpc.http;

import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the headers of a request say to the call. */
final class GatewayMetadata {

    /** {@code Grpc-Metadata-X: y} is metadata {@code x: y}. */
    private static final String METADATA_PREFIX = "grpc-metadata-";

    private static final String TIMEOUT = "grpc-timeout";

    private static final Pattern TIMEOUT_FORM = Pattern.compile("(\\d{1,8})([HMSmun])");

    private static final Map<String, TimeUnit> UNITS = Map.of(
            "H",
            TimeUnit.HOURS,
            "M",
            TimeUnit.MINUTES,
            "S",
            TimeUnit.SECONDS,
            "m",
            TimeUnit.MILLISECONDS,
            "u",
            TimeUnit.MICROSECONDS,
            "n",
            TimeUnit.NANOSECONDS);

    private static final Pattern NAME = Pattern.compile("[a-z0-9_.-]+");
    private static final Pattern VALUE = Pattern.compile("[ -~]*");
    private static final String BEARER = "Bearer ";

    private GatewayMetadata() {}

    /**
     * The metadata of a call. That it comes through the gateway is always said ({@code grpcgateway-accept}), whether or not the client
     * says what it accepts: it keeps the certificate of whoever connects from counting as the user, as in etcd.
     */
    static Metadata of(Request request) {
        var metadata = new Metadata();
        for (Map.Entry<String, String> header : request.headers()) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(METADATA_PREFIX)) {
                put(metadata, name.substring(METADATA_PREFIX.length()), header.getValue());
            }
        }
        String accept = request.headers().get(HttpHeaderNames.ACCEPT);
        put(metadata, "grpcgateway-accept", accept == null ? "*/*" : accept);
        String agent = request.headers().get(HttpHeaderNames.USER_AGENT);
        if (agent != null) {
            put(metadata, "grpcgateway-user-agent", agent);
        }
        String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
        if (authorization != null) {
            put(
                    metadata,
                    "token",
                    authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()) : authorization);
        }
        return metadata;
    }

    /** What is no metadata, or is gRPC's own, is left out: a header must not be able to break a call. */
    private static void put(Metadata metadata, String name, String value) {
        if (NAME.matcher(name).matches()
                && !name.endsWith(Metadata.BINARY_HEADER_SUFFIX)
                && !name.startsWith("grpc-")
                && VALUE.matcher(value).matches()) {
            Metadata.Key<String> key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
            metadata.removeAll(key);
            metadata.put(key, value);
        }
    }

    /**
     * The options with the deadline that the client asks for, as in {@code Grpc-Timeout: 5S}.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    static CallOptions deadline(Request request, CallOptions options) {
        Optional<String> timeout = Optional.ofNullable(request.headers().get(TIMEOUT));
        if (timeout.isEmpty()) {
            return options;
        }
        Matcher form = TIMEOUT_FORM.matcher(timeout.get());
        if (!form.matches()) {
            throw new IllegalArgumentException("invalid grpc-timeout: " + timeout.get());
        }
        TimeUnit unit = UNITS.getOrDefault(form.group(2), TimeUnit.SECONDS);
        return options.withDeadlineAfter(Long.parseLong(form.group(1)), unit);
    }
}
