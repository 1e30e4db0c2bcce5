package io.keelson.store.auth;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The public key that belongs to a private one, for who was given only that. */
final class PublicHalf {

    private PublicHalf() {}

    /** @throws IllegalArgumentException if it is neither RSA nor EC nor Ed25519 */
    static PublicKey of(PrivateKey key) {
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
            byte[] encoded = SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(shared)
                    .getEncoded();
            return KeyFactory.getInstance(key.getAlgorithm()).generatePublic(new X509EncodedKeySpec(encoded));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("the private key has no public one: " + e.getMessage(), e);
        }
    }
}
