package io.keelson.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.process.ProcessRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ActionsTest {
    @TempDir
    Path directory;

    private HttpServer server;
    private ProcessRuntime runtime;

    @BeforeEach
    void serve() throws IOException {
        runtime = new ProcessRuntime(directory, InstantSource.system());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            int code = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
            boolean asked = "yes".equals(exchange.getRequestHeaders().getFirst("X-Asked"));
            exchange.sendResponseHeaders(asked ? 200 : code, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
        runtime.close();
    }

    private Actions.Outcome probe(String json, int port) {
        var mapper = JsonMapper.shared();
        var container = mapper.readValue(
                "{\"name\":\"c\",\"ports\":[{\"name\":\"web\",\"containerPort\":" + port + "}]}", Container.class);
        var probe = mapper.readValue(json.replace("PORT", Integer.toString(port)), Probe.class);
        return new Actions(runtime).probe(probe, new Actions.Target(new ContainerId("none"), container, "127.0.0.1"));
    }

    private Actions.Outcome http(String more) {
        return probe(
                "{\"timeoutSeconds\":5,\"httpGet\":{" + more + "}}",
                server.getAddress().getPort());
    }

    @Test
    void httpSucceedsFrom200To399() {
        assertThat(http("\"port\":PORT,\"path\":\"/200\"").success()).isTrue();
        assertThat(http("\"port\":\"web\",\"path\":\"/302\"").success()).isTrue();
        assertThat(http("\"port\":PORT,\"path\":\"404\""))
                .isEqualTo(new Actions.Outcome(false, "HTTP probe failed with statuscode: 404"));
        assertThat(http("\"port\":PORT,\"path\":\"/500\",\"httpHeaders\":[{\"name\":\"X-Asked\",\"value\":\"yes\"}]")
                        .success())
                .isTrue();
    }

    @Test
    void namesThatAreNoPortAreSaidSo() {
        assertThat(http("\"port\":\"other\",\"path\":\"/200\"").message())
                .isEqualTo("httpGet.port: container has no port named other");
    }

    @Test
    void aServerThatSaysNothingTimesOut() throws IOException {
        try (var silent = new ServerSocket(0)) {
            var outcome = probe("{\"timeoutSeconds\":1,\"httpGet\":{\"port\":PORT}}", silent.getLocalPort());
            assertThat(outcome.message()).contains("context deadline exceeded (timeout 1s)");
        }
    }

    @Test
    void tcpAsksOnlyForAConnection() throws IOException {
        int closed;
        try (var listening = new ServerSocket(0)) {
            closed = listening.getLocalPort();
            assertThat(probe("{\"tcpSocket\":{\"port\":PORT}}", closed).success())
                    .isTrue();
        }
        assertThat(probe("{\"tcpSocket\":{\"port\":PORT}}", closed).message())
                .startsWith("dial tcp 127.0.0.1:" + closed);
    }

    @Test
    void execInAContainerThatIsNotThereFails() {
        assertThat(probe("{\"exec\":{\"command\":[\"true\"]}}", 1).message()).contains("no container none");
    }

    @Test
    void whatIsNotBuiltSaysSo() {
        assertThat(probe("{\"grpc\":{\"port\":1}}", 1).message()).contains("grpc probes are not supported");
    }
}
