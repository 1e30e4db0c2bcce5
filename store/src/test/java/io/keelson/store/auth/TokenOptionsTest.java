package io.keelson.store.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.store.StoreOptions;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed tokens, by every method, with keys from files. */
class TokenOptionsTest {

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

    @TempDir
    Path directory;

    private String file(String name, String content) throws Exception {
        Path file = directory.resolve(name);
        Files.writeString(file, content);
        return file.toString();
    }

    private static String pem(String kind, Key key) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END " + kind + "-----\n";
    }

    private String keys(String options, KeyPair pair) throws Exception {
        return "jwt,sign-method=" + options
                + ",priv-key=" + file("private.pem", pem("PRIVATE KEY", pair.getPrivate()))
                + ",pub-key=" + file("public.pem", pem("PUBLIC KEY", pair.getPublic()));
    }

    private static KeyPair pair(String algorithm, int size) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (size > 0) {
            generator.initialize(size);
        }
        return generator.generateKeyPair();
    }

    private JwtTokens jwt(String options) {
        return TokenOptions.jwt(options, now::get);
    }

    @ParameterizedTest
    @CsvSource({
        "RS256,RSA,2048",
        "RS512,RSA,2048",
        "PS256,RSA,2048",
        "PS384,RSA,2048",
        "ES256,EC,256",
        "ES384,EC,384",
        "ES512,EC,521",
        "EdDSA,Ed25519,0"
    })
    void everyMethodProvesWhatItSigned(String method, String algorithm, int size) throws Exception {
        KeyPair pair = pair(algorithm, size);
        String both = keys(method, pair);
        JwtTokens tokens = jwt(both);
        String token = tokens.issue("ann", 42);
        assertThat(tokens.caller(token, AuthState.NEW)).contains(Caller.user("ann", 42));
        assertThat(tokens.caller(token.substring(0, token.length() - 4) + "AAAA", AuthState.NEW))
                .isEmpty();

        JwtTokens verifier = jwt("jwt,sign-method=" + method + ",pub-key=" + directory.resolve("public.pem"));
        assertThat(verifier.signs()).isFalse();
        assertThat(verifier.caller(token, AuthState.NEW)).contains(Caller.user("ann", 42));

        JwtTokens signer = jwt("jwt,sign-method=" + method + ",priv-key=" + directory.resolve("private.pem"));
        assertThat(verifier.caller(signer.issue("bob", 1), AuthState.NEW)).contains(Caller.user("bob", 1));

        assertThatThrownBy(() ->
                        jwt(keys(method, new KeyPair(pair(algorithm, size).getPublic(), pair.getPrivate()))))
                .hasMessageContaining("priv-key and pub-key do not belong together");
    }

    /** The forms in which openssl writes keys. */
    @ParameterizedTest
    @ValueSource(strings = {"genrsa -traditional 2048;RS256", "ecparam -genkey -name prime256v1;ES256"})
    void keysOfOpensslAreRead(String how) throws Exception {
        String[] parts = how.split(";", -1);
        var command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(parts[0].split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String key = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        JwtTokens tokens = jwt("jwt,sign-method=" + parts[1] + ",priv-key=" + file("key", key));
        assertThat(tokens.caller(tokens.issue("ann", 1), AuthState.NEW)).isPresent();
    }

    @Test
    void aSecretSignsAndAnotherMethodOrSecretDoesNotCount() throws Exception {
        String secret = file("secret", "a secret of sixty-four bytes, because HS512 wants as many as that");
        JwtTokens tokens = jwt("jwt,sign-method=HS256,priv-key=" + secret);
        String token = tokens.issue("ann", 3);
        assertThat(tokens.caller(token, AuthState.NEW)).contains(Caller.user("ann", 3));
        JwtTokens longer = jwt("jwt,sign-method=HS512,priv-key=" + secret);
        assertThat(longer.caller(token, AuthState.NEW)).as("another method").isEmpty();
        JwtTokens other =
                jwt("jwt,sign-method=HS256,priv-key=" + file("other", "another secret that is as long as need be"));
        assertThat(other.caller(token, AuthState.NEW)).as("another secret").isEmpty();
        assertThat(tokens.caller("eyJhbGciOiJub25lIn0.eyJ1c2VybmFtZSI6InJvb3QiLCJyZXZpc2lvbiI6MX0.", AuthState.NEW))
                .as("no signature at all")
                .isEmpty();
        assertThat(tokens.caller("", AuthState.NEW)).isEmpty();
    }

    @Test
    void aTokenRunsOut() throws Exception {
        String secret = file("secret", "a secret of more than thirty-two bytes");
        JwtTokens tokens = jwt("jwt,sign-method=HS256,ttl=1m30s,priv-key=" + secret);
        String token = tokens.issue("ann", 3);
        now.updateAndGet(instant -> instant.plus(Duration.ofSeconds(89)));
        assertThat(tokens.caller(token, AuthState.NEW)).isPresent();
        now.updateAndGet(instant -> instant.plus(Duration.ofSeconds(2)));
        assertThat(tokens.caller(token, AuthState.NEW)).isEmpty();
    }

    @Test
    void whatCannotBeReadIsNamed() throws Exception {
        String shortSecret = file("short", "short");
        String noKey = file("noKey", "hello");
        assertInvalid("plain", "the kind of token is simple or jwt");
        assertInvalid("jwt", "sign-method is one of");
        assertInvalid("jwt,sign-method=none", "sign-method is one of");
        assertInvalid("jwt,sign-method=RS256", "priv-key or pub-key is missing");
        assertInvalid("jwt,sign-method=HS256", "priv-key is missing");
        assertInvalid("jwt,sign-method=HS256,priv-key=/nowhere", "priv-key /nowhere cannot be read");
        assertInvalid("jwt,sign-method=HS256,priv-key=" + shortSecret, "the key cannot sign");
        assertInvalid("jwt,sign-method=RS256,priv-key=" + noKey, "priv-key is no private key");
        assertInvalid("jwt,sign-method=RS256,pub-key=" + noKey, "pub-key is no public key");
        assertInvalid("jwt,sign-method=HS256,ttl=soon,priv-key=" + noKey, "ttl \"soon\" is no time");
        assertInvalid("jwt,sign-method", "\"sign-method\" is not of the form name=value");
        assertInvalid("jwt,ttl=1m,ttl=2m", "ttl is given twice");
        KeyPair rsa = pair("RSA", 2048);
        assertInvalid(keys("ES256", rsa), "the key cannot sign");
    }

    private static void assertInvalid(String token, String why) {
        assertThatThrownBy(() -> TokenOptions.tokens(new StoreOptions.Auth(token, 4, Duration.ofMinutes(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--auth-token " + token + ": ")
                .hasMessageContaining(why);
    }
}
