package io.keelson.agent.probe;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ExecAction;
import io.fabric8.kubernetes.api.model.GRPCAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import io.keelson.agent.pod.ProbeCount;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.RuntimeFault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** Performs actions on containers. Blocking. */
public final class Actions {
    /** Of an HTTP answer only the status line counts; a longer one is no HTTP. */
    private static final int STATUS_LINE_BYTES_MAX = 1024;
    /** Of a command's output this much goes into a message. */
    private static final int OUTPUT_CHARS_MAX = 1024;

    private final ContainerRuntime runtime;

    public Actions(ContainerRuntime runtime) {
        this.runtime = runtime;
    }

    /** How it went; {@code message} says why not. */
    public record Outcome(boolean success, String message) {
        static final Outcome SUCCESS = new Outcome(true, "");

        static Outcome failure(String message) {
            return new Outcome(false, message);
        }
    }

    /** On what: the container and where it can be reached. */
    public record Target(ContainerId id, Container spec, String address) {}

    /** Runs a probe once. */
    public Outcome probe(Probe probe, Target target) {
        var timeout = ProbeCount.timeout(probe);
        if (probe.getExec() != null) {
            return exec(probe.getExec(), target, timeout);
        }
        if (probe.getHttpGet() != null) {
            return http(probe.getHttpGet(), target, timeout);
        }
        if (probe.getTcpSocket() != null) {
            return tcp(probe.getTcpSocket(), target, timeout);
        }
        if (probe.getGrpc() != null) {
            return grpc(probe.getGrpc());
        }
        return Outcome.failure("probe: none of exec, httpGet, tcpSocket, grpc is given");
    }

    /** Runs a lifecycle hook. */
    public Outcome hook(LifecycleHandler hook, Target target, Duration timeout) {
        if (hook.getExec() != null) {
            return exec(hook.getExec(), target, timeout);
        }
        if (hook.getHttpGet() != null) {
            return http(hook.getHttpGet(), target, timeout);
        }
        if (hook.getSleep() != null) {
            return sleep(Duration.ofSeconds(hook.getSleep().getSeconds()), timeout);
        }
        // The API validates but ignores tcpSocket hooks; so do we.
        return Outcome.SUCCESS;
    }

    private static Outcome sleep(Duration wanted, Duration atMost) {
        try {
            Thread.sleep(wanted.compareTo(atMost) < 0 ? wanted : atMost);
            return Outcome.SUCCESS;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Outcome.failure("interrupted");
        }
    }

    private Outcome exec(ExecAction action, Target target, Duration timeout) {
        try {
            var command = action.getCommand() == null ? List.<String>of() : action.getCommand();
            var result = runtime.exec(target.id(), command, timeout);
            if (result.exitCode() == 0) {
                return Outcome.SUCCESS;
            }
            var output = (result.stdout() + result.stderr()).strip();
            return Outcome.failure(
                    output.isEmpty()
                            ? "command exited with " + result.exitCode()
                            : output.substring(0, Math.min(OUTPUT_CHARS_MAX, output.length())));
        } catch (RuntimeFault e) {
            return Outcome.failure(Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private static Outcome http(HTTPGetAction action, Target target, Duration timeout) {
        var port = port(action.getPort(), target.spec());
        if (port.isEmpty()) {
            return Outcome.failure("httpGet.port: container has no port named "
                    + action.getPort().getStrVal());
        }
        var host = action.getHost() == null || action.getHost().isEmpty() ? target.address() : action.getHost();
        var path = action.getPath() == null || action.getPath().isEmpty() ? "/" : action.getPath();
        boolean tls = "HTTPS".equalsIgnoreCase(action.getScheme());
        var url = (tls ? "https://" : "http://") + host + ":" + port.get() + (path.startsWith("/") ? path : "/" + path);
        try (var plain = new Socket()) {
            long deadline = System.nanoTime() + timeout.toNanos();
            plain.connect(new InetSocketAddress(host, port.get()), (int) timeout.toMillis());
            try (var socket = tls ? secured(plain, host, port.get()) : plain) {
                socket.setSoTimeout(left(deadline));
                socket.getOutputStream()
                        .write(request(action, host, port.get(), path).getBytes(StandardCharsets.UTF_8));
                socket.getOutputStream().flush();
                var line = statusLine(socket, deadline);
                int code = statusCode(line);
                return code >= 200 && code < 400
                        ? Outcome.SUCCESS
                        : Outcome.failure(
                                code < 0
                                        ? "HTTP probe of " + url + ": not an HTTP answer: " + line
                                        : "HTTP probe failed with statuscode: " + code);
            }
        } catch (SocketTimeoutException e) {
            return Outcome.failure(
                    "Get \"" + url + "\": context deadline exceeded (timeout " + timeout.toSeconds() + "s)");
        } catch (IOException | GeneralSecurityException e) {
            return Outcome.failure("Get \"" + url + "\": " + e.getMessage());
        }
    }

    private static String request(HTTPGetAction action, String host, int port, String path) {
        var headers = action.getHttpHeaders() == null ? List.<HTTPHeader>of() : action.getHttpHeaders();
        var text = new StringBuilder("GET " + (path.startsWith("/") ? path : "/" + path) + " HTTP/1.1\r\n");
        if (headers.stream().noneMatch(h -> "Host".equalsIgnoreCase(h.getName()))) {
            text.append("Host: ").append(host).append(':').append(port).append("\r\n");
        }
        if (headers.stream().noneMatch(h -> "User-Agent".equalsIgnoreCase(h.getName()))) {
            text.append("User-Agent: kube-probe/keelson\r\n");
        }
        if (headers.stream().noneMatch(h -> "Accept".equalsIgnoreCase(h.getName()))) {
            text.append("Accept: */*\r\n");
        }
        for (var header : headers) {
            text.append(clean(header.getName()))
                    .append(": ")
                    .append(clean(header.getValue()))
                    .append("\r\n");
        }
        return text.append("Connection: close\r\n\r\n").toString();
    }

    private static String clean(String header) {
        return header == null ? "" : header.replaceAll("[\r\n]", " ");
    }

    private static String statusLine(Socket socket, long deadline) throws IOException {
        var line = new StringBuilder();
        var in = socket.getInputStream();
        while (line.length() < STATUS_LINE_BYTES_MAX) {
            socket.setSoTimeout(left(deadline));
            int c = in.read();
            if (c < 0 || c == '\n') {
                break;
            }
            line.append((char) c);
        }
        return line.toString().strip();
    }

    private static int statusCode(String line) {
        return line.matches("HTTP/1\\.[01] \\d{3}.*") ? Integer.parseInt(line.substring(9, 12)) : -1;
    }

    private static int left(long deadlineNanos) throws SocketTimeoutException {
        long millis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) millis;
    }

    private static Outcome tcp(TCPSocketAction action, Target target, Duration timeout) {
        var port = port(action.getPort(), target.spec());
        if (port.isEmpty()) {
            return Outcome.failure("tcpSocket.port: container has no port named "
                    + action.getPort().getStrVal());
        }
        var host = action.getHost() == null || action.getHost().isEmpty() ? target.address() : action.getHost();
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port.get()), (int) timeout.toMillis());
            return Outcome.SUCCESS;
        } catch (IOException e) {
            return Outcome.failure("dial tcp " + host + ":" + port.get() + ": " + e.getMessage());
        }
    }

    private static Outcome grpc(GRPCAction action) {
        return Outcome.failure("grpc probes are not supported by this node (port " + action.getPort()
                + "); use exec, httpGet or tcpSocket");
    }

    private static Optional<Integer> port(IntOrString port, Container container) {
        if (port == null) {
            return Optional.empty();
        }
        if (port.getIntVal() != null) {
            return Optional.of(port.getIntVal());
        }
        var name = port.getStrVal();
        if (name != null && name.matches("\\d{1,5}")) {
            return Optional.of(Integer.parseInt(name));
        }
        return (container.getPorts() == null ? List.<ContainerPort>of() : container.getPorts())
                .stream()
                        .filter(p -> Objects.equals(name, p.getName()))
                        .map(p -> p.getContainerPort())
                        .findFirst();
    }

    /** Probes accept any certificate, as the kubelet's do: they ask whether it answers, not who it is. */
    private static SSLSocket secured(Socket plain, String host, int port) throws IOException, GeneralSecurityException {
        var context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyCertificate()}, null);
        return (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
    }

    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
