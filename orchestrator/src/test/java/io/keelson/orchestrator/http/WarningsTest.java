package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.testing.TestAdmissionWebhook;
import io.keelson.orchestrator.testing.TestServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Warnings as headers: how many and how long, and that they arrive over both versions of HTTP. */
class WarningsTest {

    private static List<String> headers(List<String> warnings) {
        Warnings all = new Warnings();
        all.add(warnings);
        return all.headers();
    }

    @Test
    void fewAreToldWhole() {
        assertThat(headers(List.of("a \"b\" \\ c\nd", "x".repeat(1000))))
                .map(line -> line.replaceAll(" +\"$", "\""))
                .containsExactly("299 - \"a \\\"b\\\" \\\\ c d\"", "299 - \"" + "x".repeat(1000) + "\"");
        assertThat(headers(List.of("twice", "once", "twice"))).hasSize(2);
    }

    @Test
    void ofTooManyEachIsCutAndSomeAreLeftOut() {
        List<String> many = IntStream.range(0, 40)
                .mapToObj(number -> number + "a\uD83D\uDE00".repeat(150))
                .toList();
        List<String> headers = headers(many);
        assertThat(headers).hasSize(16);
        assertThat(headers.getLast()).isEqualTo("299 - \"15" + "a_".repeat(127) + "\"");
        assertThat(headers(List.of("y".repeat(5000)))).containsExactly("299 - \"" + "y".repeat(256) + "\"");
    }

    @Test
    void whatTheCodeOfHeadersIsTooLongForIsShownAsUnderscores() {
        assertThat(HeaderText.of("unknown field \\\"spec.x\\\"", "299 - \"\"").strip())
                .as("what is usual stays")
                .isEqualTo("unknown field \\\"spec.x\\\"");
        assertThat(HeaderText.of("{}", "").stripTrailing()).isEqualTo("{}");
        assertThat(HeaderText.of("a" + "{".repeat(100) + "b", "")).isEqualTo("a" + "_".repeat(100) + "b");
        assertThat(HeaderText.of("wörds", "")).isEqualTo("w_rds");
    }

    @Test
    void theyArriveOverBothVersionsOfHttp(@TempDir Path directory) throws Exception {
        try (TestServer server = TestServer.start(directory);
                TestAdmissionWebhook webhook = TestAdmissionWebhook.start(directory)) {
            HttpClient admin = server.admin();
            List<String> said = IntStream.range(0, 100)
                    .mapToObj(number -> number + " "
                            + (number % 3 == 0 ? "wörds " : number % 3 == 1 ? "{{|~\\^`" : "usual ").repeat(60))
                    .toList();
            String client = webhook.at("/warn", (request, response) -> {
                        boolean one = request.path("name").asString("").endsWith("-2");
                        (one ? List.of("x".repeat(4000)) : said).forEach(response.putArray("warnings")::add);
                    })
                    .toString();
            String configuration =
                    "{\"apiVersion\":\"admissionregistration.k8s.io/v1\",\"kind\":\"ValidatingWebhookConfiguration\","
                            + "\"metadata\":{\"name\":\"warn\"},\"webhooks\":[{\"name\":\"warn.example.com\",\"sideEffects\":\"None\","
                            + "\"admissionReviewVersions\":[\"v1\"],\"clientConfig\":" + client
                            + ",\"rules\":[{\"operations\":[\"CREATE\"],"
                            + "\"apiGroups\":[\"\"],\"apiVersions\":[\"v1\"],\"resources\":[\"configmaps\"]}]}]}";
            assertThat(server.send(
                                    admin,
                                    "POST",
                                    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
                                    "application/json",
                                    configuration)
                            .statusCode())
                    .isEqualTo(201);
            for (HttpClient.Version version : HttpClient.Version.values()) {
                if (version.name().equals("HTTP_3")) {
                    continue;
                }
                for (int again = 0; again < 3; again++) {
                    String name = version.name().toLowerCase(Locale.ROOT).replace('_', '-') + "-" + again;
                    HttpRequest request = server.request("/api/v1/namespaces/default/configmaps")
                            .version(version)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString(
                                    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
                                            + "\"}}"))
                            .build();
                    HttpResponse<String> answer = admin.send(request, BodyHandlers.ofString());
                    assertThat(answer.version()).isEqualTo(version);
                    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
                    List<String> warnings = answer.headers().allValues("Warning");
                    // Helidon puts all into one line over HTTP/2, which means the same.
                    assertThat(String.join(", ", warnings).split("299 - ", -1))
                            .as(name)
                            .hasSize(1 + (again == 2 ? 1 : 16));
                }
            }
        }
    }

    @Test
    void whoWritesOrReadsIsToldWhatIsUnwise(@TempDir Path directory) throws Exception {
        try (TestServer server = TestServer.start(directory)) {
            HttpClient admin = server.admin();
            String pod =
                    "{\"metadata\":{\"name\":\"p\"},\"spec\":{\"nodeSelector\":{\"beta.kubernetes.io/os\":\"linux\"},"
                            + "\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}";
            String said = "299 - \"spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use"
                    + " \\\"kubernetes.io/os\\\" instead\"";
            HttpResponse<String> made =
                    server.send(admin, "POST", "/api/v1/namespaces/default/pods", "application/json", pod);
            assertThat(made.statusCode()).isEqualTo(201);
            assertThat(made.headers().allValues("Warning")).containsExactly(said);
            HttpResponse<String> dry = server.send(
                    admin,
                    "POST",
                    "/api/v1/namespaces/default/pods?dryRun=All",
                    "application/json",
                    pod.replace("\"p\"", "\"q\""));
            assertThat(dry.headers().allValues("Warning")).containsExactly(said);
            assertThat(server.get(admin, "/api/v1/namespaces/default/pods/p")
                            .headers()
                            .allValues("Warning"))
                    .isEmpty();
            for (String path : List.of("/api/v1/endpoints", "/api/v1/endpoints?watch=1&timeoutSeconds=1")) {
                assertThat(server.get(admin, path).headers().allValues("Warning"))
                        .containsExactly(
                                "299 - \"v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\"");
            }
        }
    }
}
