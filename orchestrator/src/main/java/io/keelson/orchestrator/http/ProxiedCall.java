package io.keelson.orchestrator.http;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** One request on its way to a program, and the answer on its way back; both as they come. */
final class ProxiedCall {

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final int SWITCHING = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int PARTIAL = 206;
    private static final String GZIP = "gzip";

    /** What says who asks here, and what this side makes anew. */
    private static final Set<String> NOT_PASSED_ON =
            Set.of("authorization", "host", "content-length", "x-forwarded-for", "x-forwarded-uri", "expect");

    /** A page that a program serves must not read, from another site, what is this server's. */
    private static final String FOR_OTHER_SITES = "access-control-allow-";

    private final Exchange exchange;
    private final NodeConnection program;
    private final String prefix;
    private final String host;
    private final String path;

    /**
     * A call that has not begun.
     *
     * @param prefix the path of the proxy
     * @param host of the program, with its port
     * @param path what is wanted of it, encoded; may be empty
     */
    ProxiedCall(Exchange exchange, NodeConnection program, String prefix, String host, String path) {
        this.exchange = exchange;
        this.program = program;
        this.prefix = prefix;
        this.host = host;
        this.path = path;
    }

    /**
     * Returns when all is over.
     *
     * @throws IOException if the program cannot be talked to; if that is told by an answer that has begun, it breaks off
     */
    void run() throws IOException, InterruptedException, Exchange.GoneException {
        Optional<Wire> upgrade = exchange.wire();
        Optional<InputStream> body = upgrade.isPresent() ? Optional.empty() : exchange.content();
        program.out()
                .write(PlainHttp.head(exchange.method(), target(), headers(upgrade.isPresent(), body.isPresent())));
        Optional<Thread> sender = body.map(this::send);
        PlainHttp.Head head = PlainHttp.readHead(program.in());
        if (head.status() == SWITCHING) {
            switched(
                    head, upgrade.orElseThrow(() -> new IOException("the program leaves HTTP without being asked to")));
            return;
        }
        answer(head);
        if (sender.isPresent()) {
            // Nobody reads on, but the client may still be sending; its next request comes after that.
            program.close();
            sender.get().join();
        }
    }

    private String target() {
        String query = exchange.rawQuery();
        return (path.isEmpty() ? "/" : path) + (query.isEmpty() ? "" : "?" + query);
    }

    private List<HeaderLine> headers(boolean upgrades, boolean body) {
        List<HeaderLine> sent = exchange.headerLines();
        List<HeaderLine> lines = new ArrayList<>();
        lines.add(new HeaderLine("Host", exchange.host()));
        for (HeaderLine line : HeaderLine.endToEnd(sent)) {
            String name = line.name().toLowerCase(Locale.ROOT);
            if (!NOT_PASSED_ON.contains(name) && !name.startsWith("impersonate-") && !name.startsWith(":")) {
                lines.add(line);
            }
        }
        String before =
                HeaderLine.first(sent, "X-Forwarded-For").map(by -> by + ", ").orElse("");
        lines.add(new HeaderLine("X-Forwarded-For", before + exchange.source()));
        lines.add(new HeaderLine("X-Forwarded-Uri", prefix + path));
        if (upgrades) {
            lines.add(new HeaderLine("Connection", "Upgrade"));
            lines.add(new HeaderLine("Upgrade", exchange.header("Upgrade")));
            return lines;
        }
        lines.add(new HeaderLine("Connection", "close"));
        if (body) {
            lines.add(HeaderLine.first(sent, "Content-Length")
                    .map(length -> new HeaderLine("Content-Length", length))
                    .orElse(new HeaderLine("Transfer-Encoding", "chunked")));
        } else if (Set.of("POST", "PUT", "PATCH").contains(exchange.method())) {
            lines.add(new HeaderLine("Content-Length", "0"));
        }
        return lines;
    }

    /** Beside the answer, which may come before all is sent. */
    private Thread send(InputStream body) {
        boolean counted = !exchange.header("Content-Length").isEmpty();
        return Thread.ofVirtual().name("proxied-body").start(() -> {
            try {
                byte[] chunk = new byte[CHUNK_BYTES];
                for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
                    if (n > 0) {
                        program.out().write(counted ? Arrays.copyOf(chunk, n) : piece(chunk, n));
                    }
                }
                if (!counted) {
                    program.out().write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException | RuntimeException e) {
                // The client has gone in the middle: the program must not take what it has for all.
                program.close();
            }
        });
    }

    private static byte[] piece(byte[] chunk, int length) {
        byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        byte[] piece = Arrays.copyOf(size, size.length + length + 2);
        System.arraycopy(chunk, 0, piece, size.length, length);
        piece[piece.length - 2] = '\r';
        piece[piece.length - 1] = '\n';
        return piece;
    }

    private List<HeaderLine> passedBack(PlainHttp.Head head) throws IOException {
        List<HeaderLine> lines = new ArrayList<>();
        boolean inPieces = head.has("Transfer-Encoding", "chunked");
        for (HeaderLine line : HeaderLine.endToEnd(head.lines())) {
            if (line.is("Location")) {
                lines.add(new HeaderLine("Location", location(line.value())));
            } else if (!(inPieces && line.is("Content-Length"))
                    && !line.name().toLowerCase(Locale.ROOT).startsWith(FOR_OTHER_SITES)) {
                lines.add(line);
            }
        }
        return lines;
    }

    private String location(String said) throws IOException {
        try {
            return ProxiedUrls.rewritten(said, prefix, host, exchange.host());
        } catch (URISyntaxException e) {
            throw new IOException("error trying to parse Location header: " + e.getMessage(), e);
        }
    }

    private void answer(PlainHttp.Head head) throws IOException, Exchange.GoneException {
        List<HeaderLine> lines = passedBack(head);
        boolean bodiless =
                exchange.method().equals("HEAD") || head.status() == NO_CONTENT || head.status() == NOT_MODIFIED;
        if (bodiless) {
            exchange.passOn(head.status(), lines);
            return;
        }
        InputStream body = PlainHttp.body(program.in(), head);
        if (isPage(head)) {
            page(head, lines, body);
            return;
        }
        Exchange.Pieces out = exchange.passOnPieces(head.status(), lines);
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int n = body.read(chunk); n >= 0; n = body.read(chunk)) {
            if (n > 0) {
                out.write(Arrays.copyOf(chunk, n));
                out.flush();
            }
        }
        out.end();
    }

    /** Whether the answer is a whole page of HTML in a form that can be read here. */
    private static boolean isPage(PlainHttp.Head head) {
        String type = HeaderLine.first(head.lines(), "Content-Type").orElse("").split(";", 2)[0];
        String encoding = encoding(head);
        return type.strip().equalsIgnoreCase("text/html")
                && head.status() != PARTIAL
                && !head.has("Content-Length", "0")
                && (encoding.isEmpty() || encoding.equals("identity") || encoding.equals(GZIP));
    }

    private static String encoding(PlainHttp.Head head) {
        return HeaderLine.first(head.lines(), "Content-Encoding")
                .orElse("")
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /** A page whose links stay below the path of the proxy. It goes on unpacked, and nobody knows its length before. */
    private void page(PlainHttp.Head head, List<HeaderLine> lines, InputStream body)
            throws IOException, Exchange.GoneException {
        boolean packed = encoding(head).equals(GZIP);
        InputStream plain = packed ? new GZIPInputStream(body, CHUNK_BYTES) : body;
        List<HeaderLine> others = lines.stream()
                .filter(line -> !line.is("Content-Length") && !(packed && line.is("Content-Encoding")))
                .toList();
        HtmlLinks links = new HtmlLinks(link -> ProxiedUrls.link(link, prefix, host, exchange.host()));
        Exchange.Pieces out = exchange.passOnPieces(head.status(), others);
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int n = plain.read(chunk); n >= 0; n = plain.read(chunk)) {
            byte[] ready = links.next(chunk, n);
            if (ready.length > 0) {
                out.write(ready);
                out.flush();
            }
        }
        byte[] rest = links.end();
        if (rest.length > 0) {
            out.write(rest);
        }
        out.end();
    }

    /** From here on neither side speaks HTTP; what either says goes to the other. */
    private void switched(PlainHttp.Head head, Wire client) throws IOException, Exchange.GoneException {
        StringBuilder lines = new StringBuilder();
        for (HeaderLine line : head.lines()) {
            if (!line.is("Connection")) {
                lines.append(line.name()).append(": ").append(line.value()).append("\r\n");
            }
        }
        exchange.switchProtocols(client, lines.toString());
        Thread.ofVirtual().name("proxied-up").start(() -> {
            try {
                copy(client.in(), program.out());
            } catch (IOException | RuntimeException e) {
                // Either has gone; the other direction says so too.
            } finally {
                program.close();
            }
        });
        try {
            copy(program.in(), client.out());
        } catch (EOFException e) {
            // The end, as any other.
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
            to.write(Arrays.copyOf(chunk, n), 0, n);
            to.flush();
        }
    }
}
