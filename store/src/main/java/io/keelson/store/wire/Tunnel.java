package io.keelson.store.wire;

import io.keelson.store.Tls;
import io.keelson.store.tls.Credentials;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** How sockets are talked over: as they are, or with TLS. */
public final class Tunnel {

    private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

    private final Optional<Credentials> credentials;
    private final Optional<SSLContext> context;
    private final boolean othersMustShow;
    private final boolean othersAreBelieved;

    /**
     * Plain text if there is no TLS.
     *
     * @throws io.keelson.store.tls.TlsProblem if a file cannot be read or is not what it should be
     */
    public Tunnel(Optional<Tls> tls) {
        this.credentials = tls.map(Credentials::load);
        this.context = credentials.map(Tunnel::context);
        this.othersMustShow = tls.map(files -> files.others().mustShow()).orElse(false);
        this.othersAreBelieved =
                tls.map(files -> files.others() == Tls.Others.ARE_BELIEVED).orElse(true);
    }

    private static SSLContext context(Credentials credentials) {
        try {
            var made = SSLContext.getInstance("TLS");
            made.init(new KeyManager[] {credentials.keys()}, new TrustManager[] {credentials.trust()}, null);
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM cannot do TLS", e);
        }
    }

    /** The side that dialled: the other must have a certificate for the host that was meant. */
    Socket dialled(Socket plain, String host, int port) throws IOException {
        if (context.isEmpty()) {
            return plain;
        }
        var tls = (SSLSocket) context.get().getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        if (!othersAreBelieved) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        }
        tls.setSSLParameters(parameters);
        return tls;
    }

    /**
     * Looks at who has dialled, once both sides have spoken.
     *
     * @throws IOException if it is revoked
     */
    void admit(Socket accepted) throws IOException {
        if (accepted instanceof SSLSocket tls && credentials.orElseThrow().isRevoked(tls.getSession())) {
            throw new IOException("its certificate is revoked");
        }
    }

    /** The side that was dialled. */
    Socket accepted(Socket plain) throws IOException {
        if (context.isEmpty()) {
            return plain;
        }
        var tls = (SSLSocket) context.get()
                .getSocketFactory()
                .createSocket(plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
        tls.setUseClientMode(false);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setProtocols(VERSIONS);
        parameters.setNeedClientAuth(othersMustShow);
        tls.setSSLParameters(parameters);
        return tls;
    }
}
