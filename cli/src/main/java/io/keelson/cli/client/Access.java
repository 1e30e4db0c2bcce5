package io.keelson.cli.client;

import io.keelson.cli.manifest.Manifest;
import io.keelson.cli.pki.Pem;
import io.keelson.cli.print.Trouble;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * How to reach a cluster, and as whom.
 *
 * @param origin the file that says so, for messages
 * @param servers {@code host:port} of the API servers, in the order in which to try them
 * @param trust the certificate authority, PEM
 * @param certificate the client's certificate, PEM
 * @param key its key, PEM (PKCS#8 or SEC 1)
 * @param namespace the namespace when none is given
 */
public record Access(
        String origin, List<String> servers, String trust, String certificate, String key, String namespace) {

    private static final int DEFAULT_PORT = 6443;

    /**
     * Reads a kubeconfig's current context.
     *
     * <p>A kubeconfig knows one server a cluster. One that Keelson wrote names the others, too, in an extension that kubectl leaves alone:
     * {@code clusters[].cluster.extensions[] {name: keelson, extension: {servers: [...]}}}.
     *
     * @throws Trouble when it is not there or of no use
     */
    public static Access fromKubeconfig(Path file) {
        var config = read(file);
        var context = named(
                config, "contexts", "context", config.path("current-context").asString(""), file);
        var cluster =
                named(config, "clusters", "cluster", context.path("cluster").asString(""), file);
        var user = named(config, "users", "user", context.path("user").asString(""), file);
        var access = new Access(
                file.toString(),
                servers(cluster, file),
                data(cluster, "certificate-authority", file),
                data(user, "client-certificate", file),
                data(user, "client-key", file),
                context.path("namespace").asString("default"));
        access.checkCertificate();
        return access;
    }

    private static JsonNode read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (NoSuchFileException none) {
            throw Trouble.because(
                    none,
                    "there is no cluster to talk to: " + file + " does not exist",
                    "Start one on this machine:   keelson up examples/hello.yaml",
                    "or say where it is:          --kubeconfig FILE, --dir DIR, or the variable KUBECONFIG");
        } catch (IOException unreadable) {
            throw Trouble.because(
                    unreadable, "cannot read " + file + ": " + unreadable.getMessage(), "Is it yours to read?");
        }
        var parsed = Manifest.tree(file.toString(), text);
        if (!parsed.problems().isEmpty()) {
            throw Trouble.of(
                    "the kubeconfig is broken: " + parsed.problems().getFirst(),
                    "Mend it, or name another with --kubeconfig.");
        }
        return parsed.tree();
    }

    private static JsonNode named(JsonNode config, String list, String field, String name, Path file) {
        for (var item : config.path(list)) {
            if (item.path("name").asString("").equals(name)) return item.path(field);
        }
        var what = name.isEmpty() ? "names no " + field + " to use" : "has no " + field + " named \"" + name + "\"";
        throw Trouble.of("the kubeconfig " + file + " " + what, "Look at current-context and " + list + " in it.");
    }

    private static List<String> servers(JsonNode cluster, Path file) {
        var found = new ArrayList<String>();
        var server = cluster.path("server").asString("");
        if (!server.isEmpty()) found.add(hostPort(server, file));
        for (var extension : cluster.path("extensions")) {
            if (!extension.path("name").asString("").equals("keelson")) continue;
            for (var other : extension.path("extension").path("servers")) {
                var address = hostPort(other.asString(""), file);
                if (!found.contains(address)) found.add(address);
            }
        }
        if (found.isEmpty()) throw Trouble.of("the kubeconfig " + file + " names no server");
        return found;
    }

    private static String hostPort(String server, Path file) {
        try {
            var uri = URI.create(server.contains("://") ? server : "https://" + server);
            if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
                return uri.getHost() + ":" + (uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
            }
        } catch (IllegalArgumentException notAnAddress) {
            throw Trouble.because(notAnAddress, "the server \"" + server + "\" in " + file + " is no address");
        }
        throw Trouble.of("the server \"" + server + "\" in " + file + " is not of the form https://HOST:PORT");
    }

    private static String data(JsonNode holder, String field, Path file) {
        var embedded = holder.path(field + "-data").asString("");
        if (!embedded.isEmpty()) {
            try {
                return new String(Base64.getMimeDecoder().decode(embedded), StandardCharsets.US_ASCII);
            } catch (IllegalArgumentException notBase64) {
                throw Trouble.because(notBase64, field + "-data in " + file + " is not base64");
            }
        }
        var path = holder.path(field).asString("");
        if (path.isEmpty()) {
            throw Trouble.of(
                    "the kubeconfig " + file + " has neither " + field + " nor " + field + "-data",
                    "Keelson knows users by their client certificates.");
        }
        var resolved = Optional.ofNullable(file.toAbsolutePath().getParent())
                .map(folder -> folder.resolve(path))
                .orElse(Path.of(path));
        try {
            return Files.readString(resolved, StandardCharsets.US_ASCII);
        } catch (IOException unreadable) {
            throw Trouble.because(unreadable, "cannot read " + field + " " + resolved + ", named in " + file);
        }
    }

    /** Says in words what would otherwise be a failed handshake. */
    private void checkCertificate() {
        X509Certificate mine;
        try {
            mine = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException broken) {
            throw Trouble.because(
                    broken,
                    "the client certificate in " + origin + " is not a certificate",
                    "It must be PEM (-----BEGIN CERTIFICATE-----).");
        }
        if (!Pem.holdsKey(key)) {
            throw Trouble.of(
                    "the client key in " + origin
                            + " is not an EC key in PEM (-----BEGIN PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY-----)",
                    "Convert it:  openssl pkcs8 -topk8 -nocrypt -in KEY");
        }
        var now = Instant.now();
        if (now.isAfter(mine.getNotAfter().toInstant())) {
            throw Trouble.of(
                    "the client certificate in " + origin + " ("
                            + mine.getSubjectX500Principal().getName() + ") expired at "
                            + mine.getNotAfter().toInstant(),
                    "Run keelson up again: it makes new certificates where old ones have run out.");
        }
        if (now.isBefore(mine.getNotBefore().toInstant())) {
            throw Trouble.of(
                    "the client certificate in " + origin + " is valid only from "
                            + mine.getNotBefore().toInstant() + ", and now is " + now,
                    "Is this machine's clock right?");
        }
    }
}
