package io.keelson.orchestrator.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookClientTest {

    private static final byte[] QUESTION = "{}".getBytes(StandardCharsets.UTF_8);

    /** The webhook answers only when the client has given up, so a client that waited for its goodbye would never end. */
    @Test
    void whoIsSilentIsNotWaitedForLonger(@TempDir Path directory) throws Exception {
        CountDownLatch givenUp = new CountDownLatch(1);
        try (TestAdmissionWebhook webhook = TestAdmissionWebhook.start(directory)) {
            Endpoint endpoint = Endpoint.of(
                    webhook.raw("/silent", exchange -> {
                        try {
                            boolean _ = givenUp.await(60, TimeUnit.SECONDS);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        exchange.close();
                    }),
                    _ -> Optional.empty());
            assertThatThrownBy(() -> new WebhookClient().post(endpoint, QUESTION, Duration.ofMillis(300)))
                    .isInstanceOf(WebhookException.class)
                    .hasMessage("Post \"" + endpoint.url() + "\": context deadline exceeded: no answer within 300 ms");
            givenUp.countDown();
        }
    }

    @Test
    void whereNobodyListensIsTold() throws WebhookException {
        Endpoint endpoint = Endpoint.of(Json.object().put("url", "https://127.0.0.1:1/x"), _ -> Optional.empty())
                .within(Duration.ofSeconds(5));
        assertThatThrownBy(() -> new WebhookClient().post(endpoint, QUESTION, Duration.ofSeconds(5)))
                .hasMessage(
                        "Post \"https://127.0.0.1:1/x?timeout=5s\": dial tcp 127.0.0.1:1: connect: connection refused");
    }

    private static WebhookAnswer answer(String text) throws IOException {
        return WebhookAnswer.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void errorsAreToldInTheWordsOfKubernetesClient() throws IOException {
        assertThatThrownBy(() -> answer("HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\nx")
                        .body())
                .hasMessage("the server could not find the requested resource");
        assertThatThrownBy(() -> answer("HTTP/1.1 500 Oh\r\n\r\n no paper \n").body())
                .hasMessage("an error on the server (\"no paper\") has prevented the request from succeeding");
        assertThatThrownBy(() ->
                        answer("HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n").body())
                .hasMessage("the server answered: HTTP/1.1 302 Found");
        assertThatThrownBy(() -> answer("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n")
                        .body())
                .hasMessage("0-length response with status code: 200 and content type: text/plain");
    }

    @Test
    void anAnswerIsReadByItsLengthOrInChunksAndMustBeWhole() throws Exception {
        assertThat(answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}rest").body())
                .asString()
                .isEqualTo("{}");
        assertThat(answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n")
                        .body())
                .asString()
                .isEqualTo("{}");
        assertThatThrownBy(() -> answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}"))
                .hasMessage("the answer ends too early");
        assertThatThrownBy(() -> answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"))
                .hasMessage("the answer ends too early");
    }
}
