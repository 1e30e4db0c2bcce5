package io.keelson.orchestrator.control;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Names that follow from inputs: a hash in the letters that Kubernetes uses for made-up names (no vowels, so no words). */
public final class NameHash {

    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final BigInteger BASE = BigInteger.valueOf(ALPHABET.length());

    private NameHash() {}

    /** So many letters that stand for these inputs, in this order. */
    public static String of(int length, Object... inputs) {
        StringBuilder text = new StringBuilder();
        for (Object input : inputs) {
            String part = input.toString();
            text.append(part.length()).append(':').append(part);
        }
        BigInteger number = new BigInteger(1, sha256(text.toString()));
        StringBuilder name = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            BigInteger[] digits = number.divideAndRemainder(BASE);
            name.append(ALPHABET.charAt(digits[1].intValueExact()));
            number = digits[0];
        }
        return name.toString();
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }
}
