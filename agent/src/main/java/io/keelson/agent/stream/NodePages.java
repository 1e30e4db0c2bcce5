package io.keelson.agent.stream;

import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the node says of itself: one request of HTTP/1.1 on a connection, at paths that are the kubelet's. Only what is asked with GET or HEAD,
 * for the node takes orders from the control plane's objects alone.
 */
public final class NodePages {
    private static final int HEAD_BYTES_MAX = 64 * 1024;
    private static final int PIECE_BYTES = 16 * 1024;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String FIGURES = "text/plain; version=0.0.4; charset=utf-8";

    private final Map<String, Page> pages;
    private final ContainerLogs logs;
    private final LogFiles files;

    /**
     * A page that is made when it is asked for.
     *
     * @param type its media type
     */
    private record Page(String type, Supplier<byte[]> body) {}

    /**
     * What a node has to say.
     *
     * @param pods the pods that it is to run, as a PodList in JSON
     * @param summary what they use, in the form of the kubelet's {@code /stats/summary}
     * @param metrics figures of the agent, in the text form of Prometheus
     * @param resources what the node and its pods use, in the same form
     */
    public record Told(
            Supplier<byte[]> pods, Supplier<byte[]> summary, Supplier<byte[]> metrics, Supplier<byte[]> resources) {}

    /** A node's pages. */
    public NodePages(Told told, ContainerLogs logs, LogFiles files) {
        this.pages = Map.of(
                "pods", new Page(JSON, told.pods()),
                "stats/summary", new Page(JSON, told.summary()),
                "metrics", new Page(FIGURES, told.metrics()),
                "metrics/resource", new Page(FIGURES, told.resources()));
        this.logs = logs;
        this.files = files;
    }

    private record Request(String method, List<String> steps, Map<String, String> query) {}

    /** Answers one request, and ends. */
    void answer(Conversation talk) {
        talk.started();
        try {
            answer(read(talk.input()), talk);
        } catch (Answer.Failed e) {
            send(talk, false, e.code(), TEXT, (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The asker has gone in the middle of the question.
        }
    }

    private void answer(Request request, Conversation talk) throws Answer.Failed {
        boolean headOnly = request.method().equals("HEAD");
        if (!Set.of("GET", "HEAD").contains(request.method())) {
            throw new Answer.Failed(405, "405: Method Not Allowed");
        }
        List<String> steps = request.steps();
        switch (String.join("/", steps)) {
            case "healthz", "healthz/ping" -> send(talk, headOnly, 200, TEXT, "ok".getBytes(StandardCharsets.UTF_8));
            default -> {
                Page page = pages.get(String.join("/", steps));
                if (page != null) {
                    send(talk, headOnly, 200, page.type(), page.body().get());
                } else if (steps.getFirst().equals("logs")) {
                    file(steps.subList(1, steps.size()), headOnly, talk);
                } else if (steps.size() == 4 && steps.getFirst().equals("containerLogs")) {
                    log(query(steps, request.query()), headOnly, talk);
                } else {
                    throw notFound();
                }
            }
        }
    }

    private static Answer.Failed notFound() {
        return new Answer.Failed(404, "404 page not found");
    }

    /** A folder as a list of links, as Go's file server writes it; a file as it is now. */
    private void file(List<String> steps, boolean headOnly, Conversation talk) throws Answer.Failed {
        switch (files.find(steps).orElseThrow(NodePages::notFound)) {
            case LogFiles.Found.Folder folder -> {
                StringBuilder links = new StringBuilder("<pre>\n");
                folder.names()
                        .forEach(name -> links.append("<a href=\"")
                                .append(escaped(name))
                                .append("\">")
                                .append(escaped(name))
                                .append("</a>\n"));
                send(
                        talk,
                        headOnly,
                        200,
                        HTML,
                        links.append("</pre>\n").toString().getBytes(StandardCharsets.UTF_8));
            }
            case LogFiles.Found.File file -> copy(file.path(), headOnly, talk);
        }
    }

    private static String escaped(String name) {
        return name.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&#34;");
    }

    /** So much as there was when it began: a log that grows meanwhile has no end. */
    private static void copy(Path file, boolean headOnly, Conversation talk) throws Answer.Failed {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            long left = Files.size(file);
            boolean wanted = write(talk, head(200, TEXT, "Content-Length: " + left + "\r\n")) && !headOnly;
            byte[] piece = new byte[PIECE_BYTES];
            while (wanted && left > 0) {
                int read = in.read(piece, 0, (int) Math.min(piece.length, left));
                if (read < 0) {
                    // Cut meanwhile: the asker sees that less comes than was said.
                    return;
                }
                left -= read;
                wanted = talk.data(piece, 0, read);
            }
        } catch (IOException gone) {
            throw notFound();
        }
    }

    /** Its length is known when it has ended, and so it ends with the connection. */
    private void log(LogQuery query, boolean headOnly, Conversation talk) throws Answer.Failed {
        var begun = new Answer() {
            private boolean headSent;

            @Override
            public boolean data(byte[] bytes, int offset, int length) {
                return begin() && talk.data(bytes, offset, length);
            }

            boolean begin() {
                boolean first = !headSent;
                headSent = true;
                return !first || write(talk, head(200, TEXT, ""));
            }

            @Override
            public boolean cancelled() {
                return headOnly || talk.cancelled();
            }
        };
        if (!headOnly) {
            try {
                logs.logs(query, begun);
            } catch (Answer.Failed e) {
                if (begun.headSent) {
                    // What has begun can only break off.
                    return;
                }
                throw e;
            }
        }
        begun.begin();
    }

    private static LogQuery query(List<String> steps, Map<String, String> query) throws Answer.Failed {
        return new LogQuery(
                steps.get(1),
                steps.get(2),
                "",
                steps.get(3),
                flag(query, "follow"),
                flag(query, "previous"),
                flag(query, "timestamps"),
                number(query, "tailLines"),
                Optional.empty(),
                number(query, "limitBytes"));
    }

    private static boolean flag(Map<String, String> query, String name) {
        return Set.of("true", "1").contains(query.getOrDefault(name, ""));
    }

    private static OptionalLong number(Map<String, String> query, String name) throws Answer.Failed {
        var text = query.get(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw new Answer.Failed(400, name + ": \"" + text + "\" is not a number");
        }
        return OptionalLong.of(Long.parseLong(text));
    }

    private static Request read(InputStream in) throws IOException, Answer.Failed {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("the question breaks off");
            }
            head.append((char) b);
            if (head.length() > HEAD_BYTES_MAX) {
                throw new Answer.Failed(431, "Request Header Fields Too Large");
            }
        }
        var words = head.substring(0, head.indexOf("\r\n")).split(" ", -1);
        if (words.length != 3) {
            throw new Answer.Failed(400, "400 Bad Request");
        }
        try {
            var target = words[1].split("\\?", 2);
            var path = target[0].replaceAll("^/|/$", "");
            var steps = List.of(path.split("/", -1)).stream()
                    .map(NodePages::decoded)
                    .toList();
            return new Request(words[0], steps, target.length < 2 ? Map.of() : parameters(target[1]));
        } catch (IllegalArgumentException e) {
            throw new Answer.Failed(400, "400 Bad Request");
        }
    }

    private static Map<String, String> parameters(String query) {
        var parameters = new HashMap<String, String>();
        for (var pair : query.split("&", -1)) {
            var parts = pair.split("=", 2);
            parameters.putIfAbsent(decoded(parts[0]), parts.length < 2 ? "" : decoded(parts[1]));
        }
        return parameters;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static byte[] head(int code, String type, String more) {
        return ("HTTP/1.1 " + code + " \r\nContent-Type: " + type + "\r\nConnection: close\r\n" + more + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void send(Conversation talk, boolean headOnly, int code, String type, byte[] body) {
        if (write(talk, head(code, type, "Content-Length: " + body.length + "\r\n")) && !headOnly) {
            write(talk, body);
        }
    }

    private static boolean write(Conversation talk, byte[] bytes) {
        boolean wanted = true;
        for (int at = 0; wanted && at < bytes.length; at += PIECE_BYTES) {
            wanted = talk.data(bytes, at, Math.min(PIECE_BYTES, bytes.length - at));
        }
        return wanted;
    }
}
