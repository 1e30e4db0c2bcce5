package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What programs answer in HTTP/1.1, and addresses and headers on their way through a proxy. */
class PlainHttpTest {

    private static InputStream in(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String body(String answer) throws IOException {
        InputStream in = in(answer);
        return new String(PlainHttp.body(in, PlainHttp.readHead(in)).readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aRequestBeginsWithItsHead() {
        assertThat(new String(
                        PlainHttp.head("GET", "/a?b=c", List.of(new HeaderLine("Host", "h"))),
                        StandardCharsets.ISO_8859_1))
                .isEqualTo("GET /a?b=c HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void anAnswerBeginsWithItsStatusAfterWhatOnlySaysThatItGoesOn() throws IOException {
        PlainHttp.Head head = PlainHttp.readHead(
                in(
                        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nA: 1\r\nSet-Cookie: x\r\nset-cookie:y \r\n\r\n"));
        assertThat(head.status()).isEqualTo(404);
        assertThat(head.lines())
                .containsExactly(
                        new HeaderLine("A", "1"), new HeaderLine("Set-Cookie", "x"), new HeaderLine("set-cookie", "y"));
        assertThat(PlainHttp.readHead(in("HTTP/1.0 200\n\n")).status()).isEqualTo(200);
    }

    @Test
    void aBodyEndsWhereItsHeadSays() throws IOException {
        assertThat(body("HTTP/1.1 200 OK\r\n\r\nto the end")).isEqualTo("to the end");
        assertThat(body("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more"))
                .isEqualTo("four");
        assertThat(body("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")).isEmpty();
        assertThat(
                        body(
                                "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n"))
                .isEqualTo("abc0123456789");
    }

    @Test
    void whatBreaksOffOrIsNoHttpIsToldFromAnEnd() {
        String[][] table = {
            {"", "EOF"},
            {"HTTP/1.1 200 OK\r\nA: 1", "EOF"},
            {"SSH-2.0-x\r\n", "malformed HTTP response \"SSH-2.0-x\""},
            {"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "malformed MIME header line: no colon"},
            {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nfour", "unexpected EOF"},
            {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "bad Content-Length \"-1\""},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "unexpected EOF"},
            {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed chunked encoding"},
            {"HTTP/1.1 200 OK\r\nA: " + "x".repeat(70_000), "the answer's headers are longer than is allowed"},
        };
        for (String[] row : table) {
            assertThatIOException().isThrownBy(() -> body(row[0])).withMessage(row[1]);
        }
    }

    @Test
    void anythingIsReadOrRefused() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
            for (int change = random.nextInt(4); change > 0; change--) {
                text.setCharAt(random.nextInt(text.length()), (char) random.nextInt(128));
            }
            try {
                assertThat(body(text.toString()).length()).isLessThan(100);
            } catch (IOException refused) {
                assertThat(refused.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void headersForTheNextNeighbourAreNotPassedOn() {
        List<HeaderLine> lines = List.of(
                new HeaderLine("Connection", "keep-alive, X-Mine"),
                new HeaderLine("x-mine", "1"),
                new HeaderLine("Keep-Alive", "5"),
                new HeaderLine("TE", "trailers"),
                new HeaderLine("Transfer-Encoding", "chunked"),
                new HeaderLine("Upgrade", "h2c"),
                new HeaderLine("Accept", "*/*"));
        assertThat(HeaderLine.endToEnd(lines)).containsExactly(new HeaderLine("Accept", "*/*"));
    }

    @Test
    void addressesOfTheSameHostLieBelowTheProxy() throws Exception {
        String prefix = "/api/v1/namespaces/n/pods/p:80/proxy";
        String[][] table = {
            {"/a/?b=c#d", prefix + "/a/?b=c#d"},
            {"http://10.0.0.1:80/a", prefix + "/a"},
            {"http://api:6443/a", "http://api:6443" + prefix + "/a"},
            {"http://elsewhere/a", "http://elsewhere/a"},
            {"a/b", "a/b"},
            {"?x", "?x"},
            {prefix + "/a", prefix + "/a"},
            {"/a%20b/%2F", prefix + "/a%20b/%2F"},
        };
        for (String[] row : table) {
            assertThat(ProxiedUrls.rewritten(row[0], prefix, "10.0.0.1:80", "api:6443"))
                    .as(row[0])
                    .isEqualTo(row[1]);
        }
        assertThat(ProxiedUrls.encoded("/a b/%")).isEqualTo("/a%20b/%25");
    }

    @Test
    void aPathNamesWhatItIsPassedTo() {
        assertThat(ProxyDoor.Named.of(
                        List.of("namespaces", "n", "pods", "p:80", "proxy", "a", "", "b"),
                        "/api/v1/namespaces/n/pods/p:80/proxy/a%2Fx//b/"))
                .hasValueSatisfying(named -> {
                    assertThat(named.id()).isEqualTo("p:80");
                    assertThat(named.namespace()).isEqualTo("n");
                    assertThat(named.prefix()).isEqualTo("/api/v1/namespaces/n/pods/p:80/proxy");
                    assertThat(named.rest()).isEqualTo("/a%2Fx//b/");
                });
        assertThat(ProxyDoor.Named.of(List.of("nodes", "n", "proxy"), "/api/v1/nodes/n/proxy"))
                .hasValueSatisfying(named -> assertThat(named.rest()).isEmpty());
        assertThat(ProxyDoor.Named.of(List.of("pods", "n", "proxy"), "/api/v1/pods/n/proxy"))
                .isEmpty();
        assertThat(ProxyDoor.Named.of(
                        List.of("namespaces", "n", "nodes", "x", "proxy"), "/api/v1/namespaces/n/nodes/x/proxy"))
                .isEmpty();
        assertThat(ProxyDoor.Named.of(
                        List.of("namespaces", "n", "pods", "p", "log"), "/api/v1/namespaces/n/pods/p/log"))
                .isEmpty();
    }
}
