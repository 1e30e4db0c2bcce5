package io.keelson.store.tls;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * Keys in PEM, in all the forms that openssl and cfssl write: RSA, EC and Ed25519. Every problem is an {@link IOException} whose message
 * goes on after the name of the file.
 */
public final class PemKeys {

    private PemKeys() {}

    /** The first private key of a text; parameters of a curve and certificates may stand before it. */
    public static PrivateKey privateKey(byte[] pem) throws IOException {
        return privateKey(objects(pem));
    }

    static PrivateKey privateKey(List<Object> objects) throws IOException {
        for (Object each : objects) {
            switch (each) {
                case PrivateKeyInfo info -> {
                    return privateKey(info);
                }
                case PEMKeyPair pair -> {
                    // SEC 1 may leave the public key out, and it is not needed.
                    return privateKey(pair.getPrivateKeyInfo());
                }
                case PEMEncryptedKeyPair _, PKCS8EncryptedPrivateKeyInfo _ ->
                    throw new IOException("holds a key under a passphrase; nobody is there to type it");
                default -> {
                    // Whatever else stands in the same file.
                }
            }
        }
        throw new IOException("holds no private key in PEM (-----BEGIN PRIVATE KEY-----)");
    }

    /** The first public key of a text, a certificate's perhaps. */
    public static PublicKey publicKey(byte[] pem) throws IOException {
        for (Object each : objects(pem)) {
            switch (each) {
                case SubjectPublicKeyInfo info -> {
                    return publicKey(info);
                }
                case X509CertificateHolder certificate -> {
                    return publicKey(certificate.getSubjectPublicKeyInfo());
                }
                default -> {
                    // Whatever else stands in the same file.
                }
            }
        }
        throw new IOException("holds no public key in PEM (-----BEGIN PUBLIC KEY-----) and no certificate");
    }

    private static PrivateKey privateKey(PrivateKeyInfo info) throws IOException {
        try {
            return factory(info.getPrivateKeyAlgorithm().getAlgorithm().getId())
                    .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("holds a private key that cannot be read: " + e.getMessage(), e);
        }
    }

    private static PublicKey publicKey(SubjectPublicKeyInfo info) throws IOException {
        try {
            return factory(info.getAlgorithm().getAlgorithm().getId())
                    .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("holds a public key that cannot be read: " + e.getMessage(), e);
        }
    }

    /** All that stands in a text in PEM. */
    static List<Object> objects(byte[] pem) throws IOException {
        var objects = new ArrayList<>();
        try (var parser = new PEMParser(new StringReader(new String(pem, StandardCharsets.ISO_8859_1)))) {
            for (Object each = parser.readObject(); each != null; each = parser.readObject()) {
                objects.add(each);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException("cannot be read: " + e.getMessage(), e);
        }
        return objects;
    }

    private static KeyFactory factory(String algorithmId) throws GeneralSecurityException {
        return KeyFactory.getInstance(
                switch (algorithmId) {
                    case "1.2.840.113549.1.1.1" -> "RSA";
                    case "1.2.840.10045.2.1" -> "EC";
                    case "1.3.101.112" -> "Ed25519";
                    default -> algorithmId;
                });
    }
}
