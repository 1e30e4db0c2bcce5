package io.keelson.cli.pki;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** Certificates and keys as text. */
public final class Pem {

    private static final int LINE_CHARACTERS = 64;

    private Pem() {}

    /** A certificate, as in a {@code .crt} file. */
    public static String certificate(X509Certificate certificate) {
        try {
            return armour("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A private key in PKCS#8. */
    public static String key(PrivateKey key) {
        return armour("PRIVATE KEY", key.getEncoded());
    }

    /**
     * Reads the first certificate of a text.
     *
     * @throws GeneralSecurityException when there is none
     */
    public static X509Certificate parseCertificate(String pem) throws GeneralSecurityException {
        var bytes = new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes);
    }

    /**
     * Reads an EC key in PKCS#8.
     *
     * @throws GeneralSecurityException when it is none
     */
    public static PrivateKey parseKey(String pem) throws GeneralSecurityException {
        var body = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            return KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
        } catch (IllegalArgumentException notBase64) {
            throw new GeneralSecurityException("not a key in PEM", notBase64);
        }
    }

    private static String armour(String what, byte[] der) {
        var body = Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }
}
