package io.keelson.orchestrator.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.grpc.Context;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ApplyRequest;
import io.keelson.proto.v1.CreateRequest;
import io.keelson.proto.v1.DeleteRequest;
import io.keelson.proto.v1.GetRequest;
import io.keelson.proto.v1.KindRef;
import io.keelson.proto.v1.ListRequest;
import io.keelson.proto.v1.ServerStatusRequest;
import io.keelson.proto.v1.WatchEvent;
import io.keelson.proto.v1.WatchRequest;
import io.keelson.proto.v1.WriteOptions;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Calls over gRPC are among the requests that a server counts, under the labels that the same request would have over REST. */
class CountedCallsTest extends OverGrpc {

    private static final String REQUESTS = "apiserver_request_total";

    /** The sum of all samples of a metric that have these labels among theirs. */
    private double value(String metric, String... labels) throws IOException, InterruptedException {
        double sum = 0;
        for (String line : server.get(server.admin(), "/metrics").body().lines().toList()) {
            if (line.startsWith(metric + "{") && List.of(labels).stream().allMatch(line::contains)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    private double configMaps(String verb, String dryRun, String scope, int code)
            throws IOException, InterruptedException {
        return value(
                REQUESTS,
                "verb=\"" + verb + "\"",
                "dry_run=\"" + dryRun + "\"",
                "group=\"\"",
                "version=\"v1\"",
                "resource=\"configmaps\"",
                "scope=\"" + scope + "\"",
                "code=\"" + code + "\"");
    }

    @Test
    void theyAreCountedByWhatTheyWereAndHowTheyEnded() throws IOException, InterruptedException {
        CreateRequest create = CreateRequest.newBuilder()
                .setObject(json(configMap("counted", "1")))
                .build();
        resources().create(create);
        assertThat(catchThrowable(() -> resources().create(create))).isNotNull();
        resources()
                .create(CreateRequest.newBuilder()
                        .setObject(json(configMap("dry", "1")))
                        .setOptions(WriteOptions.newBuilder().setDryRun(true))
                        .build());
        assertThat(catchThrowable(() -> resources()
                        .create(CreateRequest.newBuilder()
                                .setObject(json(configMap("Not A Name", "1")))
                                .build())))
                .isNotNull();
        resources()
                .apply(ApplyRequest.newBuilder()
                        .setObject(json(configMap("counted", "2")))
                        .build());
        GetRequest none =
                GetRequest.newBuilder().setRef(ref("configmaps", "none")).build();
        assertThat(catchThrowable(() -> resources().get(none))).isNotNull();
        resources()
                .list(ListRequest.newBuilder()
                        .setKind(KindRef.newBuilder().setResource("configmaps"))
                        .setNamespace("default")
                        .build());
        resources()
                .delete(DeleteRequest.newBuilder()
                        .setRef(ref("configmaps", "counted"))
                        .build());
        assertThat(configMaps("POST", "", "resource", 200)).isEqualTo(1);
        assertThat(configMaps("POST", "", "resource", 409)).isEqualTo(1);
        assertThat(configMaps("POST", "All", "resource", 200)).isEqualTo(1);
        assertThat(configMaps("POST", "", "resource", 422))
                .as("its reason, not gRPC's")
                .isEqualTo(1);
        assertThat(configMaps("APPLY", "", "resource", 200)).isEqualTo(1);
        assertThat(configMaps("GET", "", "resource", 404)).isEqualTo(1);
        assertThat(configMaps("LIST", "", "namespace", 200)).isEqualTo(1);
        assertThat(configMaps("DELETE", "", "resource", 200)).isEqualTo(1);
        assertThat(value("apiserver_request_duration_seconds_count", "resource=\"configmaps\"", "verb=\"POST\""))
                .isEqualTo(4);
        // The question itself is all that is carried out.
        assertThat(value("apiserver_current_inflight_requests")).isEqualTo(1);
    }

    @Test
    void whatIsAboutNoObjectIsCountedByTheNameOfItsMethod() throws IOException, InterruptedException {
        AdminGrpc.newBlockingStub(admin).status(ServerStatusRequest.getDefaultInstance());
        assertThat(value(REQUESTS, "verb=\"GET\"", "subresource=\"/keelson.v1.Admin/Status\"", "code=\"200\""))
                .isEqualTo(1);
    }

    @Test
    void aWatchIsLongRunningUntilItsCallerGoes() throws IOException, InterruptedException {
        String[] labels = {"verb=\"WATCH\"", "resource=\"secrets\"", "scope=\"namespace\""};
        WatchRequest request = WatchRequest.newBuilder()
                .setKind(KindRef.newBuilder().setResource("secrets"))
                .setNamespace("default")
                .build();
        Context.CancellableContext whileItLasts = Context.current().withCancellation();
        Context before = whileItLasts.attach();
        try {
            Iterator<WatchEvent> events = resources().watch(request);
            resources()
                    .create(CreateRequest.newBuilder()
                            .setObject(json(
                                    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"seen\"}}"))
                            .build());
            assertThat(events.hasNext()).isTrue();
        } finally {
            whileItLasts.detach(before);
        }
        assertThat(value("apiserver_longrunning_requests", labels)).isEqualTo(1);
        whileItLasts.cancel(null);
        long patience = System.nanoTime() + 30_000_000_000L;
        while (value(REQUESTS, labels) == 0 && System.nanoTime() < patience) {
            Thread.onSpinWait();
        }
        assertThat(value(REQUESTS, labels)).isEqualTo(1);
        assertThat(value("apiserver_longrunning_requests", labels)).isZero();
    }
}
