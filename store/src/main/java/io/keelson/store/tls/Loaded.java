package io.keelson.store.tls;

import io.keelson.store.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The files of a {@link Tls} as they were at one time.
 *
 * @param keys answers for one alias
 * @param trust checks the other side; empty if everybody is believed
 * @param revoked whom the authorities vouch for no longer
 */
record Loaded(X509ExtendedKeyManager keys, Optional<X509ExtendedTrustManager> trust, List<X509CRL> revoked) {

    private static final char[] NO_PASSWORD = {};

    static Loaded of(Tls tls) {
        try {
            return new Loaded(
                    keys(tls),
                    tls.others() == Tls.Others.ARE_BELIEVED ? Optional.empty() : Optional.of(trust(tls)),
                    tls.revoked().map(file -> revoked(file, tls.trustedCa())).orElse(List.of()));
        } catch (GeneralSecurityException | IOException e) {
            throw new TlsProblem(tls.certificate(), "cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509ExtendedKeyManager keys(Tls tls) throws GeneralSecurityException, IOException {
        List<X509Certificate> chain = PemFiles.certificates(tls.certificate());
        PrivateKey key = PemFiles.key(tls.key());
        if (!belongTogether(chain.getFirst(), key)) {
            throw new TlsProblem(tls.key(), "is not the key of the certificate in " + tls.certificate());
        }
        KeyStore store = empty();
        store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(X509Certificate[]::new));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
    }

    /** While files are being replaced they do not for a moment; better found here than by every client. */
    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        byte[] text = "these belong together".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        try {
            var signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(text);
            var verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(text);
            return verifying.verify(signing.sign());
        } catch (java.security.InvalidKeyException | java.security.SignatureException ofAnotherKind) {
            return false;
        }
    }

    private static X509ExtendedTrustManager trust(Tls tls) throws GeneralSecurityException, IOException {
        @Nullable KeyStore authorities = null;
        if (tls.trustedCa().isPresent()) {
            authorities = empty();
            int number = 0;
            for (X509Certificate each : PemFiles.certificates(tls.trustedCa().get())) {
                authorities.setCertificateEntry("ca" + number++, each);
            }
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        // Without a store, the JDK takes the authorities it comes with.
        factory.init(authorities);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    /** Also a list that is no longer fresh counts, as in etcd: what was revoked is not good again. */
    private static List<X509CRL> revoked(Path file, Optional<Path> trustedCa) {
        List<X509CRL> lists = PemFiles.revocations(file);
        if (trustedCa.isPresent()) {
            List<X509Certificate> authorities = PemFiles.certificates(trustedCa.get());
            for (X509CRL list : lists) {
                if (authorities.stream().noneMatch(each -> hasSigned(each, list))) {
                    throw new TlsProblem(
                            file,
                            "is of " + list.getIssuerX500Principal() + ", and signed by none of the authorities in "
                                    + trustedCa.get());
                }
            }
        }
        return lists;
    }

    private static boolean hasSigned(X509Certificate authority, X509CRL list) {
        try {
            list.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException ofAnother) {
            return false;
        }
    }

    /** Whether one of a chain, of which each has signed the one before it, is revoked. */
    boolean isRevoked(Certificate[] chain) {
        return Arrays.stream(chain)
                .anyMatch(certificate -> revoked.stream().anyMatch(list -> list.isRevoked(certificate)));
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
