package io.keelson.store.tls;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

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
        var converter = new JcaPEMKeyConverter();
        try {
            for (Object each : objects(file)) {
                switch (each) {
                    case PrivateKeyInfo info -> {
                        return converter.getPrivateKey(info);
                    }
                    case PEMKeyPair pair -> {
                        // SEC 1 may leave the public key out, and it is not needed.
                        return converter.getPrivateKey(pair.getPrivateKeyInfo());
                    }
                    case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
                        throw new TlsProblem(file, "holds a key under a passphrase; nobody is there to type it");
                    default -> {
                        // Parameters of a curve and certificates may stand in the same file.
                    }
                }
            }
        } catch (IOException e) {
            throw new TlsProblem(file, "holds a private key that cannot be read: " + e.getMessage(), e);
        }
        throw new TlsProblem(file, "holds no private key in PEM (-----BEGIN PRIVATE KEY-----)");
    }

    /** All revocation lists of a file, PEM; at least one. */
    static List<X509CRL> revocations(Path file) {
        var found = new ArrayList<X509CRL>();
        var converter = new JcaX509CRLConverter();
        for (Object each : objects(file)) {
            if (each instanceof X509CRLHolder holder) {
                try {
                    found.add(converter.getCRL(holder));
                } catch (java.security.cert.CRLException e) {
                    throw new TlsProblem(file, "holds a revocation list that cannot be read: " + e.getMessage(), e);
                }
            }
        }
        if (found.isEmpty()) {
            throw new TlsProblem(file, "holds no revocation list in PEM (-----BEGIN X509 CRL-----)");
        }
        return found;
    }

    private static List<Object> objects(Path file) {
        var objects = new ArrayList<>();
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new TlsProblem(file, "is larger than " + (MAX_BYTES >> 20) + " MiB and so no PEM file");
            }
            try (Reader reader = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1);
                    var parser = new PEMParser(reader)) {
                for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                    objects.add(each);
                }
            }
        } catch (NoSuchFileException e) {
            throw new TlsProblem(file, "is not there", e);
        } catch (IOException | IllegalArgumentException e) {
            throw new TlsProblem(file, "cannot be read: " + e.getMessage(), e);
        }
        return objects;
    }
}
