package io.keelson.bench.api;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The servers of a cluster that {@code keelson up} has started in a directory. */
final class Servers {

    private static final Pattern SERVER = Pattern.compile("server: \"?https://127\\.0\\.0\\.1:([0-9]+)");

    /**
     * Requests under way to one server, each on a connection that stays. Clients have a few connections that they keep; if each request
     * beyond those that are free opened one more, a moment's delay would be answered with a handshake for each that waits.
     */
    private static final int CONNECTIONS = 16;

    /** A request that is not answered by then has failed. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final List<Integer> ports = new ArrayList<>();
    private final List<Long> processes = new ArrayList<>();
    private final HttpClient client;

    /** To each server: who comes beyond that waits here, and the time counts. */
    private final List<Semaphore> connections = new ArrayList<>();

    Servers(Path directory) throws IOException, GeneralSecurityException {
        this.directory = directory;
        Matcher found = SERVER.matcher(Files.readString(directory.resolve("kubeconfig")));
        while (found.find()) {
            int port = Integer.parseInt(found.group(1));
            if (!ports.contains(port)) {
                ports.add(port);
                connections.add(new Semaphore(CONNECTIONS, true));
            }
        }
        try (Stream<Path> servers = Files.list(directory.resolve("servers"))) {
            for (Path server : servers.sorted().toList()) {
                String pid = Files.readString(server.resolve("pid")).strip();
                processes.add(Long.parseLong(pid.split("\\s+", -1)[0]));
            }
        }
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls())
                .build();
    }

    Path directory() {
        return directory;
    }

    int count() {
        return processes.size();
    }

    /** The API's port of a server; servers are in the order of their names. */
    int port(int server) {
        return ports.get(server % ports.size());
    }

    long process(int server) {
        return processes.get(server);
    }

    /** Sends a request to a server and gives its answer. */
    HttpResponse<byte[]> send(int server, String method, String path, String type, byte[] body)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(java.net.URI.create("https://127.0.0.1:" + port(server) + path))
                .header("Content-Type", type)
                .timeout(PATIENCE)
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        Semaphore free = connections.get(server % ports.size());
        free.acquire();
        HttpResponse<byte[]> answer;
        try {
            answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } finally {
            free.release();
        }
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " "
                    + new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8));
        }
        return answer;
    }

    /** CPU seconds, user and system, that one server has used. */
    double cpuSeconds(int server) {
        return cpuSeconds(Long.toString(processes.get(server)));
    }

    /** The same of this process. */
    static double ownCpuSeconds() {
        return cpuSeconds("self");
    }

    private static double cpuSeconds(String process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
            // The name in parentheses may hold spaces. Fields 14 and 15 of proc(5), in ticks of 10 ms.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
        } catch (IOException e) {
            throw new IllegalStateException("process " + process + " is gone", e);
        }
    }

    double cpuSeconds() {
        double sum = 0;
        for (int i = 0; i < count(); i++) {
            sum += cpuSeconds(i);
        }
        return sum;
    }

    /** How much of this machine's memory the largest server has, in MiB. */
    double residentMiB() throws IOException {
        double most = 0;
        for (long process : processes) {
            for (String line : Files.readAllLines(Path.of("/proc/" + process + "/status"))) {
                if (line.startsWith("VmRSS:")) {
                    most = Math.max(most, Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0);
                }
            }
        }
        return most;
    }

    private Path certificate() {
        return directory.resolve("pki").resolve("admin.crt");
    }

    private Path key() {
        return directory.resolve("pki").resolve("admin.key");
    }

    private Path authority() {
        return directory.resolve("pki").resolve("ca.crt");
    }

    /** For Netty. */
    SslContext nettyTls() throws IOException {
        return SslContextBuilder.forClient()
                .trustManager(authority().toFile())
                .keyManager(certificate().toFile(), key().toFile())
                .build();
    }

    private SSLContext tls() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate(authority()));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        String base64 = Files.readString(key()).replaceAll("-----[A-Z ]+-----", "");
        own.setKeyEntry(
                "admin",
                KeyFactory.getInstance("EC")
                        .generatePrivate(
                                new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64))),
                new char[0],
                new Certificate[] {certificate(certificate())});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static Certificate certificate(Path file) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
