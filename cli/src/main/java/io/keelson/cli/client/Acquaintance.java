package io.keelson.cli.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.SSLSession;

/** Notes in {@link KnownServers} the certificates of a server which answers over a connection that this client's TLS has accepted. */
final class Acquaintance implements ClientInterceptor {

    /** Of clusters that came and went. */
    static final int MOST_NOTES = 64;

    private final KnownServers known;
    private final String address;
    private final byte[] trust;

    Acquaintance(KnownServers known, String address, String trust) {
        this.known = known;
        this.address = address;
        this.trust = trust.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<A> listener, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onHeaders(Metadata answered) {
                                var session = getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
                                if (session != null) note(session);
                                super.onHeaders(answered);
                            }
                        },
                        headers);
            }
        };
    }

    private void note(SSLSession session) {
        try {
            var chain = session.getPeerCertificates();
            var all = new ArrayList<>(List.of(chain));
            all.addAll(authorities());
            remember(chain, all);
        } catch (IOException | GeneralSecurityException | UnsupportedOperationException impossible) {
            // Without a note commands only take longer.
        }
    }

    private List<Certificate> authorities() throws GeneralSecurityException {
        return List.copyOf(
                CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(trust)));
    }

    private void remember(Certificate[] chain, List<Certificate> all) throws IOException, GeneralSecurityException {
        var encoded = new byte[chain.length][];
        for (int i = 0; i < chain.length; i++) encoded[i] = chain[i].getEncoded();
        long from = Long.MIN_VALUE;
        long until = Long.MAX_VALUE;
        for (var each : all) {
            if (!(each instanceof X509Certificate certificate)) return;
            from = Math.max(from, certificate.getNotBefore().toInstant().toEpochMilli());
            until = Math.min(until, certificate.getNotAfter().toInstant().toEpochMilli());
        }
        write(known.file(address, trust).toPath(), KnownServers.content(address, trust, encoded, from, until));
    }

    private static void write(Path file, byte[] content) throws IOException {
        if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) return;
        var folder = file.getParent();
        if (folder == null) return;
        var mine = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(mine));
        var fresh = Files.createTempFile(folder, "new", null);
        Files.write(fresh, content);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        forgetOldest(folder);
    }

    private static void forgetOldest(Path folder) throws IOException {
        File[] notes = folder.toFile().listFiles();
        if (notes == null || notes.length <= MOST_NOTES) return;
        Arrays.sort(notes, Comparator.comparingLong(File::lastModified));
        for (int i = 0; i < notes.length - MOST_NOTES; i++) Files.deleteIfExists(notes[i].toPath());
    }
}
