package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What has not run yet has said nothing; what is asked for too long a time is told so. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnscheduledLogTest {

    private static final String NAMESPACE = "/api/v1/namespaces/default/";

    private TestServer server;
    private HttpClient admin;

    @BeforeAll
    void start(@TempDir Path directory) {
        server = TestServer.start(directory);
        admin = server.admin();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer =
                server.send(admin, "POST", NAMESPACE + path, "application/json", body.replace('\'', '"'));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return answer;
    }

    @Test
    void theLogOfAPodOnNoNodeIsEmpty() throws IOException, InterruptedException {
        post("serviceaccounts", "{'metadata':{'name':'sa'}}");
        post(
                "pods",
                "{'metadata':{'name':'p'},'spec':{'serviceAccountName':'sa','containers':[{'name':'c','image':'i'}]}}");
        for (String query : new String[] {"", "?follow=true"}) {
            HttpResponse<String> log = server.get(admin, NAMESPACE + "pods/p/log" + query);
            assertThat(log.statusCode()).as(log.body()).isEqualTo(200);
            assertThat(log.body()).isEmpty();
        }
        assertThat(server.get(admin, NAMESPACE + "pods/p/log?container=other").statusCode())
                .isEqualTo(400);
    }

    @Test
    void whoWantsATokenForTooLongIsToldHowLongItIsGood() throws IOException, InterruptedException {
        post("serviceaccounts", "{'metadata':{'name':'long'}}");
        assertThat(post("serviceaccounts/long/token", "{'spec':{'expirationSeconds':31536001}}")
                        .headers()
                        .allValues("Warning"))
                .containsExactly("299 - \"requested expiration of 31536001 seconds shortened to 31536000 seconds\"");
        assertThat(post("serviceaccounts/long/token", "{'spec':{'expirationSeconds':31536000}}")
                        .headers()
                        .allValues("Warning"))
                .isEmpty();
    }
}
