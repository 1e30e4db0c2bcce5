package io.keelson.store.auth;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.MacAlgorithm;
import io.jsonwebtoken.security.SecureDigestAlgorithm;
import io.jsonwebtoken.security.SignatureAlgorithm;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * Signed tokens with etcd's claims: {@code username}, {@code revision} (of users and permissions, when the token was made) and {@code
 * exp}. Any member, and whoever else has the key, can make them; no member has to remember them. Once permissions have changed, requests
 * for keys with an older token hear "revision of auth store is old" and the client fetches a new one.
 */
public final class JwtTokens implements Tokens {

    private static final String USERNAME = "username";
    private static final String REVISION = "revision";

    /** Makes the signature; empty for a member that has the public key only. */
    private interface Signer {
        String sign(String user, long revision, Date expires);
    }

    private final String method;
    private final JwtParser parser;
    private final Optional<Signer> signer;
    private final Duration ttl;
    private final InstantSource clock;

    private JwtTokens(String method, JwtParser parser, Optional<Signer> signer, Duration ttl, InstantSource clock) {
        this.method = method;
        this.parser = parser;
        this.signer = signer;
        this.ttl = ttl;
        this.clock = clock;
    }

    /** Tokens that one secret signs and proves. */
    static JwtTokens of(MacAlgorithm method, SecretKey secret, Duration ttl, InstantSource clock) {
        var parser = Jwts.parser()
                .verifyWith(secret)
                .clock(() -> Date.from(clock.instant()))
                .build();
        return new JwtTokens(method.getId(), parser, Optional.of(signer(method, secret)), ttl, clock);
    }

    /**
     * Tokens that a private key signs and its public key proves.
     *
     * @param signing empty for a member that only looks at tokens made elsewhere
     */
    static JwtTokens of(
            SignatureAlgorithm method,
            Optional<PrivateKey> signing,
            PublicKey proving,
            Duration ttl,
            InstantSource clock) {
        var parser = Jwts.parser()
                .verifyWith(proving)
                .clock(() -> Date.from(clock.instant()))
                .build();
        return new JwtTokens(method.getId(), parser, signing.map(key -> signer(method, key)), ttl, clock);
    }

    private static <K extends Key> Signer signer(SecureDigestAlgorithm<? super K, ?> method, K key) {
        return (user, revision, expires) -> Jwts.builder()
                .header()
                .type("JWT")
                .and()
                .claim(USERNAME, user)
                .claim(REVISION, revision)
                .expiration(expires)
                .signWith(key, method)
                .compact();
    }

    /** Whether this member can make tokens. */
    public boolean signs() {
        return signer.isPresent();
    }

    /**
     * A new token for a user whose password was right at an auth revision.
     *
     * @throws IllegalStateException if this member has no key to sign with
     */
    public String issue(String user, long revision) {
        Signer own = signer.orElseThrow(
                () -> new IllegalStateException("auth: token signing attempted with verify-only key"));
        return own.sign(user, revision, Date.from(clock.instant().plus(ttl)));
    }

    @Override
    public Optional<Caller> caller(String token, AuthState auth) {
        Jws<Claims> jws;
        try {
            jws = parser.parseSignedClaims(token);
        } catch (JwtException | IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean sameMethod = method.equals(jws.getHeader().getAlgorithm());
        return sameMethod
                        && jws.getPayload().get(USERNAME) instanceof String user
                        && jws.getPayload().get(REVISION) instanceof Number revision
                ? Optional.of(Caller.user(user, revision.longValue()))
                : Optional.empty();
    }
}
