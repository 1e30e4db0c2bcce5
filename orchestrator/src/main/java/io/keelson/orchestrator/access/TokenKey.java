package io.keelson.orchestrator.access;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A key that signs tokens of service accounts (ES256).
 *
 * @param id what stands as {@code kid} in tokens: the hash of the public key
 * @param pair both keys
 * @param made when
 * @param revision of the store at which it was put there
 */
record TokenKey(String id, KeyPair pair, Instant made, long revision) {

    private static final String ALGORITHM = "EC";

    /** A new key; not in the store yet. */
    static TokenKey generate(SecureRandom random, Instant now) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            KeyPair pair = generator.generateKeyPair();
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(pair.getPublic().getEncoded());
            return new TokenKey(Base64.getUrlEncoder().withoutPadding().encodeToString(hash), pair, now, 0);
        } catch (GeneralSecurityException everyJavaHasThem) {
            throw new IllegalStateException(everyJavaHasThem);
        }
    }

    /** As it stands in the store. */
    byte[] stored() {
        Base64.Encoder base64 = Base64.getEncoder();
        ObjectNode value = Json.object()
                .put("made", made.toString())
                .put("private", base64.encodeToString(pair.getPrivate().getEncoded()))
                .put("public", base64.encodeToString(pair.getPublic().getEncoded()));
        return Json.write(value);
    }

    /** Reads a key from the store; empty if what is there is none. */
    static Optional<TokenKey> read(String id, byte[] value, long revision) {
        try {
            ObjectNode stored = Json.parse(value);
            KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
            PublicKey open = factory.generatePublic(new X509EncodedKeySpec(bytes(stored, "public")));
            PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(bytes(stored, "private")));
            Instant made = Instant.parse(Json.string(stored, "made").orElse(""));
            return Optional.of(new TokenKey(id, new KeyPair(open, secret), made, revision));
        } catch (GeneralSecurityException
                | MalformedJsonException
                | IllegalArgumentException
                | DateTimeException notAKey) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(ObjectNode stored, String field) {
        return Base64.getDecoder().decode(Json.string(stored, field).orElse(""));
    }
}
