package io.keelson.orchestrator.access;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Fetches documents over https, of at most {@link #MAX_BYTES}, within {@link #TIMEOUT}. */
final class HttpsFetch implements OidcTokens.Fetch {

    static final int MAX_BYTES = 1024 * 1024;
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient client;

    private HttpsFetch(HttpClient client) {
        this.client = client;
    }

    /**
     * Trusts the certificates in a file; or those that the JVM trusts.
     *
     * @throws IllegalArgumentException if the file cannot be used; the message names it
     */
    static HttpsFetch trusting(Optional<Path> ca) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        ca.ifPresent(file -> builder.sslContext(context(file)));
        return new HttpsFetch(builder.build());
    }

    private static SSLContext context(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            int number = 0;
            for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca" + number++, each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException(
                    "the certificates in " + file + " (--oidc-ca-file) cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] get(String url) throws IOException, InterruptedException {
        if (!url.startsWith("https://")) {
            throw new IOException(url + " is no https URL");
        }
        HttpResponse<InputStream> response = client.send(
                HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build(), BodyHandlers.ofInputStream());
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException(url + " answered " + response.statusCode());
            }
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException(url + " answered more than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }
}
