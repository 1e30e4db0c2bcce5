package io.keelson.orchestrator.access;

import io.keelson.orchestrator.auth.Impersonation;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What a request shows of who sends it.
 *
 * @param certificate its client certificate; empty if there was none
 * @param bearer the token in its {@code Authorization} header; empty if there was none
 * @param actAs as whom it wants to act; empty if as itself
 */
public record Credentials(Optional<Certified> certificate, Optional<String> bearer, Optional<Impersonation> actAs) {

    private static final String SCHEME = "bearer ";

    /**
     * Whom the cluster's authority has vouched for.
     *
     * @param subject as in RFC 2253
     * @param until a connection may outlive the certificate that opened it
     * @param sha256 of its encoded form, in hexadecimal: tells certificates of one user apart
     */
    public record Certified(String subject, Instant until, String sha256) {

        /** The first of a chain that was proven when the connection began; empty if it is none that names anybody. */
        public static Optional<Certified> of(Certificate[] chain) {
            return chain.length > 0 && chain[0] instanceof X509Certificate own
                    ? Optional.of(new Certified(
                            own.getSubjectX500Principal().getName(),
                            own.getNotAfter().toInstant(),
                            sha256(own)))
                    : Optional.empty();
        }

        private static String sha256(X509Certificate certificate) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException("a certificate that TLS has read cannot be written", e);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has SHA-256", e);
            }
        }
    }

    /** The token in an {@code Authorization} header; empty if it carries none. */
    public static Optional<String> bearer(String authorization) {
        return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Optional.of(authorization.substring(SCHEME.length()).strip()).filter(token -> !token.isEmpty())
                : Optional.empty();
    }
}
