package io.keelson.store.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;

/** Certificates and keys as operators have them. Every problem is a {@link TlsProblem} that names the file. */
final class PemFiles {

    /** A file larger than this is no certificate; the system's bundle of authorities has about 200 KiB. */
    private static final long MAX_BYTES = 4L << 20;

    private PemFiles() {}

    /** All certificates of a file, in its order; at least one. */
    static List<X509Certificate> certificates(Path file) {
        var found = new ArrayList<X509Certificate>();
        var converter = new JcaX509CertificateConverter();
        for (Object each : objects(file)) {
            if (each instanceof X509CertificateHolder holder) {
                try {
                    found.add(converter.getCertificate(holder));
                } catch (CertificateException e) {
                    throw new TlsProblem(file, "holds a certificate that cannot be read: " + e.getMessage(), e);
                }
            }
        }
        if (found.isEmpty()) {
            throw new TlsProblem(file, "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)");
        }
        return found;
    }

    /** The first private key of a file. */
    static PrivateKey key(Path file) {
        try {
            return PemKeys.privateKey(objects(file));
        } catch (IOException e) {
            throw new TlsProblem(file, String.valueOf(e.getMessage()), e);
        }
    }

    /** All revocation lists of a file, PEM or DER; at least one. */
    static List<X509CRL> revocations(Path file) {
        try {
            var found = CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(bytes(file)));
            if (found.isEmpty()) {
                throw new TlsProblem(file, "holds no revocation list");
            }
            return found.stream().map(X509CRL.class::cast).toList();
        } catch (CertificateException | CRLException e) {
            throw new TlsProblem(file, "holds no revocation list that can be read: " + e.getMessage(), e);
        }
    }

    private static List<Object> objects(Path file) {
        try {
            return PemKeys.objects(bytes(file));
        } catch (IOException e) {
            throw new TlsProblem(file, String.valueOf(e.getMessage()), e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new TlsProblem(file, "is larger than " + (MAX_BYTES >> 20) + " MiB and so no PEM file");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new TlsProblem(file, "is not there", e);
        } catch (IOException e) {
            throw new TlsProblem(file, "cannot be read: " + e.getMessage(), e);
        }
    }
}
