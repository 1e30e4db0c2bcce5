package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What has not run yet has said nothing; what is asked for too long a time is told so. */
class UnscheduledLogTest extends OverRest {

    private static final String NAMESPACE = "/api/v1/namespaces/default/";

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    422 | tailLines=-5      | PodLogOptions "q" is invalid: tailLines: Invalid value: -5: must be greater than or equal to 0
                    422 | limitBytes=0      | PodLogOptions "q" is invalid: limitBytes: Invalid value: 0: must be greater than 0
                    422 | sinceSeconds=0    | PodLogOptions "q" is invalid: sinceSeconds: Invalid value: 0: must be greater than 0
                    422 | sinceSeconds=1&sinceTime=2026-01-02T03:04:05Z | PodLogOptions "q" is invalid: []: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified
                    400 | tailLines=few     | strconv.ParseInt: parsing "few": invalid syntax
                    400 | sinceTime=monday  | parsing time "monday" as "2006-01-02T15:04:05Z07:00": cannot parse "monday"
                    404 | tailLines=0       | pods "q" not found
                    """)
    void whatMakesNoSenseOfALogIsTold(int code, String query, String message) throws IOException, InterruptedException {
        HttpResponse<String> refused = server.get(admin, NAMESPACE + "pods/q/log?" + query);
        assertThat(refused.statusCode()).isEqualTo(code);
        assertThat(Json.parse(refused.body()).path("message").asString()).startsWith(message);
    }

    @Test
    void whoNamesNoContainerOfSeveralIsToldWhichThereAre() throws IOException, InterruptedException {
        post("serviceaccounts", "{'metadata':{'name':'many'}}");
        post(
                "pods",
                "{'metadata':{'name':'many'},'spec':{'serviceAccountName':'many','containers':[{'name':'a','image':'i'},"
                        + "{'name':'b','image':'i'}],'initContainers':[{'name':'first','image':'i'}]}}");
        HttpResponse<String> refused = server.get(admin, NAMESPACE + "pods/many/log");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Json.parse(refused.body()).path("message").asString())
                .isEqualTo("a container name must be specified for pod many, choose one of: [a b] or one of the init"
                        + " containers: [first]");
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
