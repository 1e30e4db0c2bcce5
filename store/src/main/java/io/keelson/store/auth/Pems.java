package io.keelson.store.auth;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;

/** Keys in PEM files, in all the forms that openssl writes: RSA, EC and Ed25519. */
final class Pems {

    private Pems() {}

    /** @throws IOException if the text holds no private key; the message says what is there instead */
    static PrivateKey privateKey(byte[] pem) throws IOException {
        PrivateKeyInfo info = switch (first(pem)) {
            case PEMKeyPair pair -> pair.getPrivateKeyInfo();
            case PrivateKeyInfo own -> own;
            case Object other ->
                throw new IOException("it holds " + other.getClass().getSimpleName());
        };
        try {
            return factory(info.getPrivateKeyAlgorithm().getAlgorithm().getId())
                    .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** @throws IOException if the text holds neither a public key nor a certificate; the message says what is there instead */
    static PublicKey publicKey(byte[] pem) throws IOException {
        SubjectPublicKeyInfo info = switch (first(pem)) {
            case SubjectPublicKeyInfo own -> own;
            case X509CertificateHolder certificate -> certificate.getSubjectPublicKeyInfo();
            case Object other ->
                throw new IOException("it holds " + other.getClass().getSimpleName());
        };
        return publicKey(info);
    }

    private static PublicKey publicKey(SubjectPublicKeyInfo info) throws IOException {
        try {
            return factory(info.getAlgorithm().getAlgorithm().getId())
                    .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The public key that belongs to a private one. */
    static PublicKey publicOf(PrivateKey key) {
        try {
            AsymmetricKeyParameter own = PrivateKeyFactory.createKey(key.getEncoded());
            AsymmetricKeyParameter shared = switch (own) {
                case RSAPrivateCrtKeyParameters rsa ->
                    new RSAKeyParameters(false, rsa.getModulus(), rsa.getPublicExponent());
                case ECPrivateKeyParameters ec ->
                    new ECPublicKeyParameters(
                            new FixedPointCombMultiplier()
                                    .multiply(ec.getParameters().getG(), ec.getD()),
                            ec.getParameters());
                case Ed25519PrivateKeyParameters ed -> ed.generatePublicKey();
                default -> throw new IllegalArgumentException("a kind of key that is not known here");
            };
            return publicKey(SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(shared));
        } catch (IOException e) {
            throw new IllegalArgumentException("the private key has no public one: " + e.getMessage(), e);
        }
    }

    private static Object first(byte[] pem) throws IOException {
        try (var parser = new PEMParser(new StringReader(new String(pem, StandardCharsets.US_ASCII)))) {
            Object first = parser.readObject();
            // openssl writes the curve before the key.
            while (first instanceof org.bouncycastle.asn1.ASN1ObjectIdentifier) {
                first = parser.readObject();
            }
            if (first == null) {
                throw new IOException("it holds nothing in PEM form");
            }
            return first;
        }
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
