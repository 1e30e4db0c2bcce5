package io.keelson.agent.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node says of itself in HTTP. */
class NodePagesTest {

    @TempDir
    Path logs;

    private NodePages pages;

    /** One who asks, and keeps the answer. */
    private static final class Asker implements Conversation {
        private final InputStream question;
        private final ByteArrayOutputStream answer = new ByteArrayOutputStream();
        private boolean started;

        Asker(String question) {
            this.question = new ByteArrayInputStream(question.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public void started() {
            started = true;
        }

        @Override
        public boolean errors(byte[] bytes, int offset, int length) {
            return false;
        }

        @Override
        public InputStream input() {
            return question;
        }

        @Override
        public void onResize(Screen screen) {}

        @Override
        public void onCancel(Runnable gone) {}

        @Override
        public void exited(int code) {}

        @Override
        public boolean data(byte[] bytes, int offset, int length) {
            assertThat(started).isTrue();
            answer.write(bytes, offset, length);
            return true;
        }

        @Override
        public boolean cancelled() {
            return false;
        }
    }

    @BeforeEach
    void write() throws IOException {
        Path file = logs.resolve("ns_p_u/c/0.log");
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, """
                2026-01-01T00:00:01Z stdout F one
                2026-01-01T00:00:02Z stdout F two
                """);
        pages = new NodePages(
                new NodePages.Told(
                        () -> bytes("{pods}"),
                        () -> bytes("{usage}"),
                        () -> bytes("agent 1\n"),
                        () -> bytes("cpu 2\n")),
                new ContainerLogs(logs, (_, _, _) -> false, (_, _) -> Optional.empty()),
                new LogFiles(logs));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String asked(String question) {
        var asker = new Asker(question);
        pages.answer(asker);
        return asker.answer.toString(StandardCharsets.UTF_8);
    }

    private String got(String target) {
        return asked("GET " + target + " HTTP/1.1\r\nHost: n\r\n\r\n");
    }

    @Test
    void itAnswersAtThePathsOfTheKubelet() {
        assertThat(got("/healthz"))
                .isEqualTo(
                        "HTTP/1.1 200 \r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
        assertThat(got("/pods/")).contains("application/json", "\r\n\r\n{pods}");
        assertThat(got("/stats/summary?x=y")).endsWith("\r\n\r\n{usage}");
        assertThat(asked("HEAD /pods HTTP/1.1\r\n\r\n"))
                .contains("Content-Length: 6\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void aLogEndsWithTheConnection() {
        assertThat(got("/containerLogs/ns/p/c")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\none\ntwo\n");
        assertThat(got("/containerLogs/ns/p/c?tailLines=1&timestamps=true"))
                .endsWith("\r\n\r\n2026-01-01T00:00:02Z two\n");
        assertThat(got("/containerLogs/ns/none/c")).startsWith("HTTP/1.1 404 ");
        assertThat(got("/containerLogs/ns/p/c?tailLines=x"))
                .startsWith("HTTP/1.1 400 ")
                .endsWith("tailLines: \"x\" is not a number\n");
        assertThat(got("/containerLogs/ns/p/..%2f..")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void figuresAreInTheFormOfPrometheus() {
        assertThat(got("/metrics"))
                .contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n")
                .endsWith("\r\n\r\nagent 1\n");
        assertThat(got("/metrics/resource")).endsWith("\r\n\r\ncpu 2\n");
        assertThat(got("/metrics/cadvisor")).startsWith("HTTP/1.1 404 ");
    }

    @Test
    void filesOfLogsCanBeLookedThrough() throws IOException {
        assertThat(got("/logs/"))
                .contains("text/html")
                .endsWith("\r\n\r\n<pre>\n<a href=\"pods/\">pods/</a>\n</pre>\n");
        assertThat(got("/logs/pods/")).endsWith("<pre>\n<a href=\"ns_p_u/\">ns_p_u/</a>\n</pre>\n");
        assertThat(got("/logs/pods/ns_p_u/c")).endsWith("<pre>\n<a href=\"0.log\">0.log</a>\n</pre>\n");
        assertThat(got("/logs/pods/ns_p_u/c/0.log"))
                .contains("Content-Length: 68\r\n")
                .endsWith("\r\n\r\n2026-01-01T00:00:01Z stdout F one\n2026-01-01T00:00:02Z stdout F two\n");
        assertThat(asked("HEAD /logs/pods/ns_p_u/c/0.log HTTP/1.1\r\n\r\n"))
                .contains("Content-Length: 68\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void noWayLeadsFromTheLogsToOtherFiles(@TempDir Path other) throws IOException {
        Path secret = Files.writeString(other.resolve("secret"), "s");
        Files.createSymbolicLink(logs.resolve("link"), secret);
        Files.createSymbolicLink(logs.resolve("way"), other);
        for (String path : new String[] {
            "/logs/pods/link",
            "/logs/pods/way/secret",
            "/logs/pods/../secret",
            "/logs/pods/%2e%2e/secret",
            "/logs/pods/..%2f..%2fsecret",
            "/logs/pods/%2fetc%2fpasswd",
            "/logs/pods//etc/passwd",
            "/logs/pods/none",
            "/logs/pods/a%00b",
            "/logs/syslog"
        }) {
            assertThat(got(path)).as(path).startsWith("HTTP/1.1 404 ");
        }
    }

    @Test
    void whatItDoesNotUnderstandIsRefused() {
        assertThat(got("/run/ns/p/c")).startsWith("HTTP/1.1 404 ").endsWith("404 page not found\n");
        assertThat(asked("POST /pods HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 405 ");
        assertThat(asked("hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(got("/%zz")).startsWith("HTTP/1.1 400 ");
        assertThat(asked("GET / HTTP/1.1\r\nA: " + "x".repeat(70_000))).startsWith("HTTP/1.1 431 ");
        assertThat(asked("GET / HT")).isEmpty();
    }
}
