package io.keelson.cli.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** Certificates and keys as text. */
public final class Pem {

    private static final int LINE_CHARACTERS = 64;

    private static final String SEC1 = "EC PRIVATE KEY";
    private static final int KEY_BITS = 256;

    // What stands around a key in PKCS#8, in DER.
    private static final byte SEQUENCE = 0x30;
    private static final byte OCTET_STRING = 0x04;
    private static final byte LENGTH_IN_ONE_BYTE = (byte) 0x81;
    private static final byte[] VERSION_AND_P256 =
            HexFormat.of().parseHex("020100" + "301306072a8648ce3d020106082a8648ce3d030107");

    /** What goes into one byte of length with all that stands around it; a key of P-256 has 121. */
    private static final int BYTES_MAX = 200;

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
     * A private EC key in SEC 1, with its public half, as openssl writes it: Java clients of Kubernetes look for elliptic keys in no other form.
     *
     * @param certificate of this key
     */
    public static String sec1(PrivateKey key, X509Certificate certificate) {
        var whole = PrivateKeyInfo.getInstance(key.getEncoded());
        var half = SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded());
        try {
            var inner = ECPrivateKey.getInstance(whole.parsePrivateKey());
            var complete = new ECPrivateKey(
                    KEY_BITS,
                    inner.getKey(),
                    half.getPublicKeyData(),
                    whole.getPrivateKeyAlgorithm().getParameters());
            return armour(SEC1, complete.getEncoded());
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Whether a text holds a key in a form that {@link #parseKey} reads. */
    public static boolean holdsKey(String pem) {
        return pem.contains("-----BEGIN PRIVATE KEY-----") || pem.contains("-----BEGIN " + SEC1 + "-----");
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
     * Reads an EC key in PKCS#8 or SEC 1; in SEC 1 it must be of the curve P-256, as Keelson's are.
     *
     * @throws GeneralSecurityException when it is none
     */
    public static PrivateKey parseKey(String pem) throws GeneralSecurityException {
        var body = pem.replaceAll("-----[A-Z0-9 ]+-----", "").replaceAll("\\s", "");
        try {
            var bytes = Base64.getDecoder().decode(body);
            return KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(pem.contains(SEC1) ? wrapped(bytes) : bytes));
        } catch (IllegalArgumentException notBase64) {
            throw new GeneralSecurityException("not a key in PEM", notBase64);
        }
    }

    /** A key in SEC 1 as PKCS#8 has it. By hand: the library for it would take longer to load than a short command runs. */
    private static byte[] wrapped(byte[] sec1) throws GeneralSecurityException {
        if (sec1.length > BYTES_MAX) {
            throw new GeneralSecurityException("not a key of the curve P-256");
        }
        var key = element(OCTET_STRING, sec1);
        var content = Arrays.copyOf(VERSION_AND_P256, VERSION_AND_P256.length + key.length);
        System.arraycopy(key, 0, content, VERSION_AND_P256.length, key.length);
        return element(SEQUENCE, content);
    }

    private static byte[] element(byte tag, byte[] content) {
        var length = (byte) content.length;
        var head = content.length < 128 ? new byte[] {tag, length} : new byte[] {tag, LENGTH_IN_ONE_BYTE, length};
        var element = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, element, head.length, content.length);
        return element;
    }

    private static String armour(String what, byte[] der) {
        var body = Base64.getMimeEncoder(LINE_CHARACTERS, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + what + "-----\n" + body + "\n-----END " + what + "-----\n";
    }
}
