package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be said in the query of a list or a watch, and what does not go together. */
class ListOptionsTest extends OverRest {

    private static final String PATH = "/api/v1/namespaces/default/configmaps?";

    private HttpResponse<String> get(String query) throws IOException, InterruptedException {
        return server.get(admin, PATH + query);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    resourceVersionMatch=Exact                      | resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided
                    resourceVersionMatch=Exact&resourceVersion=0    | resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"
                    resourceVersionMatch=Older&resourceVersion=1    | resourceVersionMatch: Unsupported value: "Older": supported values: "Exact", "NotOlderThan", ""
                    resourceVersionMatch=Exact&resourceVersion=1&continue=x | resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided
                    sendInitialEvents=true                          | sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list
                    watch=1&sendInitialEvents=true                  | resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan
                    watch=1&resourceVersionMatch=NotOlderThan       | resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided
                    """)
    void whatDoesNotGoTogetherIsInvalid(String query, String cause) throws IOException, InterruptedException {
        HttpResponse<String> refused = get(query);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(Json.parse(refused.body()).get("message").asString())
                .isEqualTo("ListOptions.meta.k8s.io \"\" is invalid: " + cause);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    limit=many                   | strconv.ParseInt: parsing "many": invalid syntax
                    limit=1.5                    | strconv.ParseInt: parsing "1.5": invalid syntax
                    limit=9223372036854775808    | strconv.ParseInt: parsing "9223372036854775808": value out of range
                    watch=yes&timeoutSeconds=1s  | strconv.ParseInt: parsing "1s": invalid syntax
                    watch=1&resourceVersion=-1   | Invalid value: "-1": resourceVersion must be a number
                    """)
    void whatIsNoNumberIsTold(String query, String message) throws IOException, InterruptedException {
        HttpResponse<String> refused = get(query);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Json.parse(refused.body()).get("message").asString()).isEqualTo(message);
    }

    @Test
    void aLimitThatIsNegativeIsNone() throws IOException, InterruptedException {
        HttpResponse<String> all = server.get(admin, "/api/v1/namespaces?limit=-1");
        assertThat(all.statusCode()).isEqualTo(200);
        assertThat(Json.parse(all.body()).get("items")).hasSizeGreaterThan(1);
    }

    /** In Kubernetes a switch is off if it is not there, 0 or false; anything else is on. */
    @ParameterizedTest
    @CsvSource({"watch=1,true", "watch,true", "watch=yes,true", "watch=False,false", "watch=0,false"})
    void aSwitchThatIsThereIsOn(String query, boolean on) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(query + "&timeoutSeconds=1&resourceVersion=" + (on ? "0" : ""));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body().contains("ConfigMapList")).isEqualTo(!on);
    }

    @Test
    void aWatchWithoutInitialEventsBeginsNow() throws IOException, InterruptedException {
        server.send(admin, "POST", PATH, "application/json", """
                {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"there"}}""");
        String query = "watch=1&timeoutSeconds=1&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
        assertThat(get(query + "&sendInitialEvents=false").body()).doesNotContain("ADDED");
        assertThat(get(query + "&sendInitialEvents=true").body()).contains("ADDED");
    }

    @Test
    void initialEventsAreNotOlderThanAsked() throws IOException, InterruptedException {
        HttpResponse<String> refused = get(
                "watch=1&timeoutSeconds=1&resourceVersionMatch=NotOlderThan&sendInitialEvents=true&resourceVersion=999999");
        assertThat(refused.statusCode()).isEqualTo(504);
        assertThat(refused.body()).contains("Too large resource version: 999999");
    }

    @Test
    void aTokenGoesWithNoRevisionOfItsOwn() throws IOException, InterruptedException {
        String token = Json.string(
                        Json.parse(
                                server.get(admin, "/api/v1/namespaces?limit=1").body()),
                        "metadata",
                        "continue")
                .orElseThrow();
        assertThat(server.get(admin, "/api/v1/namespaces?resourceVersion=0&continue=" + token)
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = server.get(admin, "/api/v1/namespaces?resourceVersion=5&continue=" + token);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("specifying resource version is not allowed when using continue");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    garbage                                            | it is none of this server's
                    {"v":"meta.k8s.io/v1","start":"a"}                 | it names no revision
                    {"v":"meta.k8s.io/v1","rv":5}                      | it names no start
                    {"v":"meta.k8s.io/v2","rv":5,"start":"a"}          | server does not recognize this encoded version "meta.k8s.io/v2"
                    {"rv":5,"start":"a"}                               | server does not recognize this encoded version ""
                    """)
    void aTokenThatIsNoneOfThisServersIsRefused(String token, String why) throws IOException, InterruptedException {
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(token.getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> refused = server.get(admin, "/api/v1/namespaces?limit=1&continue=" + text);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Json.parse(refused.body()).get("message").asString(""))
                .isEqualTo("continue key is not valid: " + why);
    }
}
