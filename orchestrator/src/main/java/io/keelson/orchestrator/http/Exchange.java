package io.keelson.orchestrator.http;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.keelson.orchestrator.access.Credentials;
import io.keelson.orchestrator.access.Gate;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.AuditNotes;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.audit.AuditedRequest;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.RequestInfo;
import io.keelson.orchestrator.flow.Turnstile;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.kind.Protobuf;
import io.keelson.orchestrator.measure.RequestMetrics;
import io.keelson.orchestrator.registry.Reason;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.node.ObjectNode;

/** One request and its answer. */
final class Exchange {

    /** Larger bodies are refused. */
    static final int MAX_BODY_BYTES = 3 * 1024 * 1024;

    /** Smaller answers are not worth compressing. */
    private static final int MIN_GZIP_BYTES = 128 * 1024;

    /** So much of a long answer is written at once: each write is a piece of the answer, TLS records and a call of the kernel. */
    private static final int GATHERED_BYTES = 32 * 1024;

    private static final int SWITCHING = 101;

    /** What Go reads as true. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");

    private final ServerRequest request;
    private final ServerResponse response;
    private final Gate gate;
    private final BodyInTime bodyInTime;
    private Optional<List<String>> steps = Optional.empty();
    private Optional<Query> query = Optional.empty();
    private Optional<RequestInfo> info = Optional.empty();
    private Optional<Credentials> credentials = Optional.empty();
    private Optional<User> user = Optional.empty();
    private Optional<User> realUser = Optional.empty();
    private final AuditNotes notes = new AuditNotes();
    private final Warnings warnings = new Warnings();
    private Optional<AuditedRequest> audit = Optional.empty();
    private Optional<Turnstile.Turn> turn = Optional.empty();
    private Optional<byte[]> answered = Optional.empty();
    private Optional<RequestMetrics.Running> measured = Optional.empty();
    private int code = 200;
    private boolean begun;

    Exchange(ServerRequest request, ServerResponse response, Gate gate, BodyInTime bodyInTime) {
        this.gate = gate;
        this.bodyInTime = bodyInTime;
        this.request = request;
        this.response = response;
    }

    String method() {
        return request.prologue().method().text();
    }

    /** The path, decoded, with a slash at its beginning. */
    String path() {
        return request.prologue().uriPath().path();
    }

    /**
     * What stands between the slashes, each decoded.
     *
     * @throws ApiException BAD_REQUEST if it is not encoded as it must be
     */
    List<String> steps() {
        if (steps.isEmpty()) {
            steps = Optional.of(decodedSteps());
        }
        return steps.get();
    }

    private List<String> decodedSteps() {
        String raw = request.prologue().uriPath().rawPath();
        String trimmed = raw.startsWith("/") ? raw.substring(1) : raw;
        if (trimmed.endsWith("/")) {
            trimmed = trimmed.substring(0, trimmed.length() - 1);
        }
        return List.of(trimmed.split("/", -1)).stream().map(Exchange::decode).toList();
    }

    static String decode(String step) {
        // A plus is a plus in a path.
        try {
            return URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("the path is not encoded as a URL must be: " + e.getMessage());
        }
    }

    /**
     * The parameters.
     *
     * @throws ApiException BAD_REQUEST if they are not encoded as they must be
     */
    Query query() {
        if (query.isEmpty()) {
            query = Optional.of(Query.parse(request.prologue().query().rawValue()));
        }
        return query.get();
    }

    String header(String name) {
        return request.headers().first(HeaderNames.create(name)).orElse("");
    }

    /** The path as it was sent. */
    String rawPath() {
        return request.prologue().uriPath().rawPath();
    }

    /** What comes after the question mark, as it was sent; empty if there is none. */
    String rawQuery() {
        return request.prologue().query().rawValue();
    }

    /** All headers, as they were sent. */
    List<HeaderLine> headerLines() {
        return request.headers().stream()
                .flatMap(header -> header.allValues().stream().map(value -> new HeaderLine(header.name(), value)))
                .toList();
    }

    /** Whom the client believes to ask, with the port. */
    String host() {
        String host = header("Host");
        return host.isEmpty() ? request.authority() : host;
    }

    /** The body as it comes, however long; empty if there is none. */
    Optional<InputStream> content() {
        return request.content().hasEntity() ? Optional.of(request.content().inputStream()) : Optional.empty();
    }

    /** What is wanted, as far as the path says. */
    RequestInfo info() {
        if (info.isEmpty()) {
            info = Optional.of(
                    RequestInfo.of(method(), path(), steps(), query().flag("watch"), query().text("fieldSelector")));
        }
        return info.get();
    }

    /** The same; empty if the path or the query is not encoded as it must be. */
    Optional<RequestInfo> infoIfReadable() {
        try {
            return Optional.of(info());
        } catch (ApiException notReadable) {
            return Optional.empty();
        }
    }

    /** Whether nothing is to be changed. */
    boolean dryRun() {
        return !query().text("dryRun").isEmpty();
    }

    /**
     * Who asks.
     *
     * @throws ApiException UNAUTHORIZED if nobody knows, FORBIDDEN if it must not act as who it wants to be
     */
    User user() {
        if (user.isEmpty()) {
            user = Optional.of(gate.user(credentials(), (real, _) -> realUser = Optional.of(real)));
        }
        return user.get();
    }

    /** What the request shows; a watch shows it again and again. */
    private Credentials credentials() {
        if (credentials.isEmpty()) {
            credentials = Optional.of(new Credentials(
                    request.remotePeer().tlsCertificates().flatMap(Credentials.Certified::of),
                    Credentials.bearer(header("Authorization")),
                    ActAs.of(request.headers())));
        }
        return credentials.get();
    }

    /**
     * Who asks, if it may do this.
     *
     * @throws ApiException FORBIDDEN if it may not
     */
    User authorized(Access access) {
        String why = gate.require(user(), access);
        audit.ifPresent(by -> by.allowed(why));
        return user();
    }

    /**
     * Whether who asked may still have what it asked for, by what it showed then.
     *
     * @throws ApiException UNAUTHORIZED or FORBIDDEN if not
     */
    void authorizedStill() {
        authorizedStill(info().access());
    }

    /** The same for something that the path does not say. */
    void authorizedStill(Access access) {
        String _ = gate.require(gate.user(credentials(), (_, _) -> {}), access);
    }

    /** The user behind the one that the request acts as; empty if that is the same. */
    Optional<User> realUser() {
        return realUser;
    }

    String source() {
        return AuditedRequest.addressOf(request.remotePeer().address());
    }

    /** The path with its query, as it was sent. */
    String uri() {
        String query = request.prologue().query().rawValue();
        return request.prologue().uriPath().rawPath() + (query.isEmpty() ? "" : "?" + query);
    }

    /** What is to be told of it beside. */
    AuditNotes notes() {
        return notes;
    }

    /** Notes for whom bodies are kept. */
    void audited(AuditedRequest by) {
        audit = Optional.of(by);
    }

    /** Notes who measures it. */
    void measured(RequestMetrics.Running by) {
        measured = Optional.of(by);
    }

    /** Takes a seat, which is given back when the answer is complete, or has begun and may take long. */
    void seated(Turnstile.Turn taken) {
        turn = Optional.of(taken);
    }

    /** The answer begins now and may go on for hours: it needs no seat any more. */
    void goesOn() {
        stand();
        measured.ifPresent(running -> running.goesOn(CountedAs.of(this)));
        audit.ifPresent(by -> by.started(code));
    }

    /** Gives the seat back before the answer begins. */
    void stand() {
        turn.ifPresent(Turnstile.Turn::close);
    }

    /** It was refused, or failed, with this Status. */
    void refused(ObjectNode status) {
        audit.ifPresent(by -> by.refused(status));
    }

    /** The server made a mistake. */
    void panicked() {
        audit.ifPresent(AuditedRequest::panicked);
    }

    /** All is over: the seat is given back, and what is to be told is told. */
    void over() {
        stand();
        bodyInTime.over();
        audit.ifPresent(by -> by.completed(code, answered.flatMap(Exchange::parsed)));
        measured.ifPresent(running -> running.over(CountedAs.of(this), code));
    }

    private static Optional<ObjectNode> parsed(byte[] body) {
        try {
            return Optional.of(Protobuf.isProtobuf(body) ? Protobuf.decode(body) : Json.parse(body));
        } catch (MalformedJsonException notAnObject) {
            return Optional.empty();
        }
    }

    /**
     * The body, whole; empty if there is none.
     *
     * @throws ApiException REQUEST_ENTITY_TOO_LARGE if it is longer than {@link #MAX_BODY_BYTES}, TIMEOUT if it does not come in time,
     *     TOO_MANY_REQUESTS if there is no room for it
     */
    byte[] body() {
        if (!request.content().hasEntity()) {
            return new byte[0];
        }
        try {
            byte[] bytes = bodyInTime.read(
                    request.content().inputStream(), request.headers().contentLength(), MAX_BODY_BYTES + 1);
            if (bytes.length > MAX_BODY_BYTES) {
                throw new ApiException(
                        Reason.REQUEST_ENTITY_TOO_LARGE, "Request entity too large: limit is " + MAX_BODY_BYTES);
            }
            audit.filter(AuditedRequest::wantsSent).ifPresent(by -> sent(bytes).ifPresent(by::sent));
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<ObjectNode> sent(byte[] body) {
        try {
            return header("Content-Type").startsWith("application/vnd.kubernetes.protobuf")
                    ? Optional.of(Protobuf.decode(body))
                    : parsed(body);
        } catch (MalformedJsonException | ApiException notAnObject) {
            return Optional.empty();
        }
    }

    /** Before the answer begins. */
    void warn(List<String> more) {
        if (!more.isEmpty()) {
            warnings.add(more);
            response.headers()
                    .set(HeaderNames.create("Warning"), warnings.headers().toArray(String[]::new));
        }
    }

    void setHeader(String name, String value) {
        response.header(name, value);
    }

    void reply(int code, ObjectNode object) {
        replyJson(code, Representation.JSON.contentType(), object);
    }

    /** Answers with JSON, in lines if that is for people. */
    void replyJson(int code, String contentType, ObjectNode object) {
        replyJson(code, contentType, Json.write(object));
    }

    /** The same with JSON that is written already. */
    void replyJson(int code, String contentType, byte[] json) {
        reply(code, contentType, isForPeople() ? IndentedOutput.of(json) : json);
    }

    /** Answers with JSON in lines, whoever asks. */
    void replyInLines(int code, ObjectNode object) {
        reply(code, Representation.JSON.contentType(), IndentedOutput.of(Json.write(object)));
    }

    /** Whether JSON is to be broken into lines: as the query says, else for browsers, and for programs that people call by hand. */
    private boolean isForPeople() {
        String said = query().text("pretty");
        if (!said.isEmpty()) {
            return TRUE.contains(said);
        }
        String agent = header("User-Agent");
        return agent.startsWith("curl")
                || agent.startsWith("Wget")
                || agent.startsWith("Mozilla/5.0")
                || header("Accept").contains("pretty=1");
    }

    /** Answers with bytes, compressed if they are many and the client takes that. */
    void reply(int status, String contentType, byte[] bytes) {
        code = status;
        if (isAnswerNoted()) {
            answered = Optional.of(bytes);
        }
        stand();
        response.status(status);
        response.header("Content-Type", contentType);
        if (bytes.length >= MIN_GZIP_BYTES && header("Accept-Encoding").contains("gzip")) {
            response.header("Content-Encoding", "gzip");
            response.header("Vary", "Accept-Encoding");
            response.send(gzip(bytes));
        } else {
            response.send(bytes);
        }
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4);
        try (GZIPOutputStream gzip = LateGzip.quick(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail", e);
        }
        return out.toByteArray();
    }

    /** Begins an answer in pieces; what is written goes out with each flush. Closing it is what makes the answer whole. */
    Pieces pieces(String contentType) {
        response.status(200);
        response.header("Content-Type", contentType);
        begun = true;
        return new Pieces(response.outputStream(), isHttp2(), this::sendHead);
    }

    private void passOnHead(int status, List<HeaderLine> lines) {
        code = status;
        begun = true;
        goesOn();
        response.status(status);
        lines.forEach(line -> response.headers().add(HeaderNames.create(line.name()), line.value()));
    }

    /** Answers with what somebody else says that has no body. */
    void passOn(int status, List<HeaderLine> lines) {
        passOnHead(status, lines);
        response.send();
    }

    /** The same with a body, in pieces. */
    Pieces passOnPieces(int status, List<HeaderLine> lines) {
        passOnHead(status, lines);
        return new Pieces(response.outputStream(), isHttp2(), this::sendHead);
    }

    private void sendHead() {
        HeadFirst.send(response);
    }

    private boolean isHttp2() {
        return request.prologue().protocolVersion().startsWith("2");
    }

    /**
     * As {@link #pieces}, for many small writes that need not go out one by one; compressed if the answer becomes long and the client takes
     * that.
     */
    Pieces compressedPieces(String contentType) {
        begun = true;
        return new Pieces(compressed(contentType), isHttp2(), this::sendHead);
    }

    /** The same for JSON, in lines if that is for people. */
    Pieces compressedJson() {
        boolean lines = isForPeople();
        begun = true;
        OutputStream out = compressed(Representation.JSON.contentType());
        return new Pieces(lines ? new IndentedOutput(out) : out, isHttp2(), this::sendHead);
    }

    private OutputStream compressed(String contentType) {
        if (!header("Accept-Encoding").contains("gzip")) {
            return gathered(contentType);
        }
        return new LateGzip(MIN_GZIP_BYTES, compressed -> {
            if (compressed) {
                response.header("Content-Encoding", "gzip");
                response.header("Vary", "Accept-Encoding");
            }
            return gathered(contentType);
        });
    }

    private OutputStream gathered(String contentType) {
        response.status(200);
        response.header("Content-Type", contentType);
        return new BufferedOutputStream(response.outputStream(), GATHERED_BYTES);
    }

    /** Whether the answer is wanted for the audit log, so that it must be given whole. */
    boolean isAnswerNoted() {
        return audit.filter(AuditedRequest::wantsAnswer).isPresent();
    }

    /** The connection itself, if the client asks to speak another protocol on it. */
    Optional<Wire> wire() {
        return header("Upgrade").isEmpty() ? Optional.empty() : Upgrades.ofThisThread();
    }

    /** All values of a header that may be repeated or hold a list. */
    List<String> headers(String name) {
        return request.headers().all(HeaderNames.create(name), List::of).stream()
                .flatMap(value -> Stream.of(value.split(",", -1)))
                .map(String::strip)
                .toList();
    }

    /**
     * Leaves HTTP: the client may speak the other protocol from now on. The connection ends with this request.
     *
     * @param headers what the answer says besides its status, each line with its end
     */
    void switchProtocols(Wire wire, String headers) throws GoneException {
        code = SWITCHING;
        begun = true;
        goesOn();
        try {
            wire.out()
                    .write(("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n" + headers + "\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new GoneException(e);
        }
    }

    /** Whether HTTP was left, so that no other request can follow. */
    boolean hasSwitched() {
        return code == SWITCHING;
    }

    /** Whether the body did not come in time: what comes of it now is not to be taken for the next request. */
    boolean isCutShort() {
        return bodyInTime.isGivenUp();
    }

    /** Completes the answer to a request whose body did not come in time, and stops to wait for it. */
    void cutShort() {
        if (response instanceof RoutingResponse answer) {
            answer.commit();
        }
        bodyInTime.forget();
    }

    /** Whether the client wants no other answer on this connection. Helidon tells it that so be it, but goes on to wait for the next request. */
    boolean isLast() {
        return !isHttp2() && headers("Connection").stream().anyMatch("close"::equalsIgnoreCase);
    }

    /**
     * Completes the answer, which Helidon does only when its handlers are through, and reads what the client still sends: a connection that is
     * closed before that is reset, and takes the answer with it.
     */
    void complete() {
        if (response instanceof RoutingResponse answer) {
            answer.commit();
        }
        if (header("Expect").isEmpty() && !request.content().consumed()) {
            request.content().consume();
        }
    }

    /** Whether an answer in pieces has begun, so that it is too late for another status. */
    boolean begun() {
        return begun;
    }

    /** The client has gone, as it may at any time. */
    static final class GoneException extends Exception {

        GoneException(Exception cause) {
            super("the client has gone", cause);
        }
    }

    /** An answer in pieces. */
    static final class Pieces {

        private final OutputStream out;
        private final boolean inFrames;
        private final Runnable head;
        private boolean begun;

        Pieces(OutputStream out, boolean inFrames, Runnable head) {
            this.out = out;
            this.inFrames = inFrames;
            this.head = head;
        }

        void write(byte[] bytes) throws GoneException {
            attempt(() -> out.write(bytes));
        }

        /**
         * Sends no byte, which fails when the client has gone. Over HTTP/1.1 an empty piece would be the end: there only the head is sent, once,
         * and that a client has gone is noticed later.
         */
        void alive() throws GoneException {
            if (inFrames) {
                write(new byte[0]);
            } else if (!begun) {
                begun = true;
                attempt(head::run);
            }
        }

        void flush() throws GoneException {
            attempt(out::flush);
        }

        /** The end. Not called when something failed: then the client must see that the answer is not whole. */
        void end() throws GoneException {
            attempt(out::close);
        }

        private interface Write {
            void run() throws IOException;
        }

        /** Which exception it is depends on the protocol and the moment; while writing it can only mean this. */
        private static void attempt(Write write) throws GoneException {
            try {
                write.run();
            } catch (IOException | RuntimeException e) {
                throw new GoneException(e);
            }
        }
    }
}
