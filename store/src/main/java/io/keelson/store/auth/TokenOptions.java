package io.keelson.store.auth;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.MacAlgorithm;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import io.jsonwebtoken.security.SecurityException;
import io.jsonwebtoken.security.SignatureAlgorithm;
import io.keelson.store.StoreOptions;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.tls.PemKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;

/** Reads {@code --auth-token}: {@code simple}, or {@code jwt,pub-key=FILE,priv-key=FILE,sign-method=NAME,ttl=TIME}. */
final class TokenOptions {

    private static final String PUBLIC_KEY = "pub-key";
    private static final String PRIVATE_KEY = "priv-key";
    private static final String SIGN_METHOD = "sign-method";
    private static final String TTL = "ttl";

    private static final Duration DEFAULT_JWT_TTL = Duration.ofMinutes(5);
    private static final Pattern GO_DURATION = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|h|m|s)");
    private static final Map<String, Double> UNIT_MILLIS =
            Map.of("h", 3_600_000.0, "m", 60_000.0, "s", 1_000.0, "ms", 1.0);

    private TokenOptions() {}

    static Tokens tokens(StoreOptions.Auth options) {
        String[] parts = options.token().split(",", -1);
        return switch (parts[0]) {
            case "simple" -> new SimpleTokens(options.tokenTtl(), System::nanoTime);
            case "jwt" -> jwt(options.token(), InstantSource.system());
            default -> throw invalid(options.token(), "the kind of token is simple or jwt");
        };
    }

    static JwtTokens jwt(String text, InstantSource clock) {
        Map<String, String> given = given(text);
        String name = given.getOrDefault(SIGN_METHOD, "");
        SecureDigestAlgorithm<?, ?> method =
                name.isEmpty() ? null : Jwts.SIG.get().get(name);
        if (method == null || method.equals(Jwts.SIG.NONE)) {
            throw invalid(
                    text,
                    SIGN_METHOD + " is one of HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512,"
                            + " ES256, ES384, ES512, EdDSA");
        }
        Duration ttl = given.containsKey(TTL) ? duration(text, given.get(TTL)) : DEFAULT_JWT_TTL;
        JwtTokens tokens = switch (method) {
            case MacAlgorithm mac -> {
                byte[] secret = read(text, PRIVATE_KEY, given)
                        .orElseThrow(() -> invalid(text, PRIVATE_KEY + " is missing: the file with the secret"));
                yield JwtTokens.of(mac, new SecretKeySpec(secret, hmac(name)), ttl, clock);
            }
            case SignatureAlgorithm signature -> {
                Optional<PrivateKey> signing = read(text, PRIVATE_KEY, given).map(pem -> privateKey(text, pem));
                Optional<PublicKey> proving = read(text, PUBLIC_KEY, given).map(pem -> publicKey(text, pem));
                if (signing.isEmpty() && proving.isEmpty()) {
                    throw invalid(text, PRIVATE_KEY + " or " + PUBLIC_KEY + " is missing");
                }
                yield JwtTokens.of(
                        signature, signing, proving.orElseGet(() -> PublicHalf.of(signing.orElseThrow())), ttl, clock);
            }
            default -> throw invalid(text, SIGN_METHOD + " " + name + " signs in a way that is not known here");
        };
        prove(text, tokens);
        return tokens;
    }

    /** A key that does not fit the method, or two that do not fit each other, should be heard of now and not from clients. */
    private static void prove(String text, JwtTokens tokens) {
        if (!tokens.signs()) {
            return;
        }
        String token;
        try {
            token = tokens.issue(AuthState.ROOT, 1);
        } catch (SecurityException | IllegalArgumentException e) {
            throw invalid(text, "the key cannot sign: " + e.getMessage());
        }
        if (tokens.caller(token, AuthState.NEW).isEmpty()) {
            throw invalid(text, PRIVATE_KEY + " and " + PUBLIC_KEY + " do not belong together");
        }
    }

    private static Map<String, String> given(String text) {
        var given = new TreeMap<String, String>();
        String[] parts = text.split(",", -1);
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", -1);
            if (pair.length != 2) {
                throw invalid(text, "\"" + parts[i] + "\" is not of the form name=value");
            }
            if (given.put(pair[0], pair[1]) != null) {
                throw invalid(text, pair[0] + " is given twice");
            }
        }
        return given;
    }

    private static String hmac(String name) {
        return "HmacSHA" + name.substring(2);
    }

    private static Optional<byte[]> read(String text, String option, Map<String, String> given) {
        String file = given.getOrDefault(option, "");
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readAllBytes(Path.of(file)));
        } catch (IOException e) {
            throw invalid(text, option + " " + file + " cannot be read: " + e);
        }
    }

    private static PrivateKey privateKey(String text, byte[] pem) {
        try {
            return PemKeys.privateKey(pem);
        } catch (IOException e) {
            throw invalid(text, PRIVATE_KEY + " is no private key: it " + e.getMessage());
        }
    }

    private static PublicKey publicKey(String text, byte[] pem) {
        try {
            return PemKeys.publicKey(pem);
        } catch (IOException e) {
            throw invalid(text, PUBLIC_KEY + " is no public key: it " + e.getMessage());
        }
    }

    /** A time as Go writes it: {@code 5m}, {@code 1h30m}, {@code 300s}. */
    private static Duration duration(String text, String value) {
        Matcher part = GO_DURATION.matcher(value);
        double millis = 0;
        int end = 0;
        while (part.find() && part.start() == end) {
            millis += Double.parseDouble(part.group(1)) * UNIT_MILLIS.getOrDefault(part.group(2), 0.0);
            end = part.end();
        }
        if (end != value.length() || millis <= 0) {
            throw invalid(text, TTL + " \"" + value + "\" is no time like 5m or 1h30m");
        }
        return Duration.ofMillis((long) millis);
    }

    private static IllegalArgumentException invalid(String text, String why) {
        return new IllegalArgumentException("--auth-token " + text + ": " + why);
    }
}
