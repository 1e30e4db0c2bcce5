package io.keelson.orchestrator.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a server measures of itself, as Prometheus reads it. */
class MetricsPageTest extends OverRest {

    private static final String CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

    private HttpResponse<String> get(String path, String... headers) throws IOException, InterruptedException {
        return server.get(admin, path, headers);
    }

    private HttpResponse<String> send(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        return server.send(admin, method, path, type, body);
    }

    private List<String> page() throws IOException, InterruptedException {
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("text/plain; version=0.0.4; charset=utf-8");
        return answer.body().lines().toList();
    }

    /** The sum of all samples of a metric that have these labels among theirs. */
    private double value(String metric, String... labels) throws IOException, InterruptedException {
        double sum = 0;
        for (String line : page()) {
            if (line.startsWith(metric + "{") && List.of(labels).stream().allMatch(line::contains)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    @Test
    void requestsAreCountedByWhatTheyWereAndHowTheyEnded() throws IOException, InterruptedException {
        String map = "{\"metadata\":{\"name\":\"counted\"}}";
        send("POST", CONFIG_MAPS, "application/json", map);
        send("POST", CONFIG_MAPS + "?dryRun=All", "application/json", "{\"metadata\":{\"name\":\"dry\"}}");
        send("POST", CONFIG_MAPS, "application/json", map);
        send("PATCH", CONFIG_MAPS + "/counted", "application/merge-patch+json", "{\"data\":{\"a\":\"1\"}}");
        send(
                "PATCH",
                CONFIG_MAPS + "/counted?fieldManager=m",
                "application/apply-patch+yaml",
                "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"data\":{\"b\":\"1\"}}");
        get(CONFIG_MAPS + "/counted");
        get(CONFIG_MAPS + "/none");
        get(CONFIG_MAPS);
        get("/api/v1/configmaps");
        send("DELETE", CONFIG_MAPS + "/counted", "application/json", "");
        Map<String, Double> counted = new TreeMap<>();
        for (String each : List.of(
                "POST,,resource,201",
                "POST,All,resource,201",
                "POST,,resource,409",
                "PATCH,,resource,200",
                "APPLY,,resource,200",
                "GET,,resource,200",
                "GET,,resource,404",
                "LIST,,namespace,200",
                "LIST,,cluster,200",
                "DELETE,,resource,200")) {
            String[] parts = each.split(",", -1);
            counted.put(
                    each,
                    value(
                            "apiserver_request_total",
                            "verb=\"" + parts[0] + "\"",
                            "dry_run=\"" + parts[1] + "\"",
                            "scope=\"" + parts[2] + "\"",
                            "code=\"" + parts[3] + "\"",
                            "group=\"\"",
                            "version=\"v1\"",
                            "resource=\"configmaps\"",
                            "component=\"apiserver\""));
        }
        assertThat(counted.values()).as(counted.toString()).allMatch(each -> each == 1.0);
        assertThat(value(
                        "apiserver_request_duration_seconds_count",
                        "resource=\"configmaps\"",
                        "verb=\"POST\"",
                        "dry_run=\"\""))
                .isEqualTo(2);
        assertThat(value("apiserver_request_duration_seconds_bucket", "resource=\"configmaps\"", "le=\"60.0\""))
                .isPositive();
    }

    @Test
    void whatAClientInventsIsNoLabel() throws IOException, InterruptedException {
        get("/invented/path");
        get("/apis/invented.example/v1/things");
        get("/api/v1/inventedthings");
        get("/api/v1/namespaces/default/pods/x/inventedsubresource");
        assertThat(String.join("\n", page())).doesNotContain("invented");
        assertThat(value("apiserver_request_total", "resource=\"\"", "subresource=\"\"", "code=\"404\""))
                .isGreaterThanOrEqualTo(4);
    }

    @Test
    void pathsThatAreNoObjectsAreCountedByTheirFirstStep() throws IOException, InterruptedException {
        double before = value("apiserver_request_total", "subresource=\"/version\"", "code=\"200\"");
        get("/version");
        get("/openapi/v3/apis/apps/v1");
        assertThat(value("apiserver_request_total", "subresource=\"/version\"", "code=\"200\""))
                .isEqualTo(before + 1);
        assertThat(value("apiserver_request_total", "subresource=\"/openapi\"")).isPositive();
    }

    @Test
    void aWatchIsLongRunningAndNotInFlight() throws IOException, InterruptedException {
        String[] labels = {"verb=\"WATCH\"", "resource=\"secrets\"", "scope=\"namespace\""};
        HttpResponse<InputStream> watch = admin.send(
                server.request("/api/v1/namespaces/default/secrets?watch=1&timeoutSeconds=30")
                        .build(),
                BodyHandlers.ofInputStream());
        assertThat(value("apiserver_longrunning_requests", labels)).isEqualTo(1);
        // The question itself is all that is carried out.
        assertThat(value("apiserver_current_inflight_requests", "request_kind=\"readOnly\""))
                .isEqualTo(1);
        assertThat(value("apiserver_current_inflight_requests", "request_kind=\"mutating\""))
                .isEqualTo(0);
        watch.body().close();
        admin.send(
                server.request("/api/v1/namespaces/default/secrets?watch=1&timeoutSeconds=1")
                        .build(),
                BodyHandlers.ofString());
        assertThat(value("apiserver_request_total", labels)).isPositive();
    }

    @Test
    void flowsAndTheProcessAreShown() throws IOException, InterruptedException {
        double before = value("apiserver_flowcontrol_dispatched_requests_total", "priority_level=\"exempt\"");
        get("/api");
        assertThat(value("apiserver_flowcontrol_dispatched_requests_total", "priority_level=\"exempt\""))
                .isGreaterThan(before);
        assertThat(value("apiserver_flowcontrol_current_executing_requests", "priority_level=\"exempt\""))
                .isPositive();
        assertThat(page())
                .anyMatch(line -> line.startsWith("process_cpu_seconds_total "))
                .anyMatch(line -> line.startsWith("process_resident_memory_bytes "))
                .anyMatch(line -> line.startsWith("apiserver_flowcontrol_current_inqueue_requests{"));
    }

    @Test
    void onlyWhoMayReadThePathSeesIt() throws IOException, InterruptedException {
        HttpClient joe = server.http(Optional.of(server.authority().client("joe", "CN=joe,O=people")));
        assertThat(server.get(joe, "/metrics").statusCode()).isEqualTo(403);
        HttpClient watcher =
                server.http(Optional.of(server.authority().client("watcher", "CN=watcher,O=system:monitoring")));
        assertThat(server.get(watcher, "/metrics").statusCode()).isEqualTo(200);
        assertThat(server.get(server.http(Optional.empty()), "/metrics").statusCode())
                .isEqualTo(401);
        assertThat(send("POST", "/metrics", "application/json", "").statusCode())
                .isEqualTo(405);
    }
}
