package io.keelson.orchestrator.access;

import io.jsonwebtoken.Header;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.UnsupportedJwtException;
import io.jsonwebtoken.security.SignatureException;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.security.Key;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** JSON Web Tokens: reading what one claims, proving that a key signed it, signing. The only class that knows the library. */
final class SignedTokens {

    /** Longer ones are refused unread. */
    static final int MAX_CHARACTERS = 16 * 1024;

    /** Whether a token is in time says whoever reads its claims. */
    private static final long WHENEVER_SECONDS = 1L << 32;

    private SignedTokens() {}

    /**
     * What a token claims, unproven: for finding out who would have to prove it.
     *
     * @return empty if it is no signed token
     */
    static Optional<ObjectNode> unproven(String token) {
        String[] parts = token.split("\\.", -1);
        if (token.length() > MAX_CHARACTERS || parts.length != 3) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parse(Base64.getUrlDecoder().decode(parts[1])));
        } catch (MalformedJsonException | IllegalArgumentException noToken) {
            return Optional.empty();
        }
    }

    /** The claims of a token that was signed by one of the keys. */
    sealed interface Proof {
        /** It was. */
        record Proven(ObjectNode claims, String keyId) implements Proof {}

        /** It was not. */
        record Unproven(String why) implements Proof {}
    }

    /**
     * Proves a token.
     *
     * @param keys the public key with an id; empty if there is none
     */
    static Proof prove(String token, Function<String, Optional<Key>> keys) {
        Optional<ObjectNode> claims = unproven(token);
        if (claims.isEmpty()) {
            return new Proof.Unproven("it is no signed JSON web token");
        }
        JwtParser parser = Jwts.parser()
                .keyLocator(header -> key(header, keys))
                .clockSkewSeconds(WHENEVER_SECONDS)
                .build();
        try {
            return new Proof.Proven(
                    claims.get(), parser.parseSignedClaims(token).getHeader().getKeyId());
        } catch (SignatureException e) {
            return new Proof.Unproven("its signature is not that of the key that it names");
        } catch (JwtException | IllegalArgumentException e) {
            return new Proof.Unproven("it cannot be proven: " + e.getMessage());
        }
    }

    private static Key key(Header header, Function<String, Optional<Key>> keys) {
        return Optional.of(header)
                .filter(JwsHeader.class::isInstance)
                .map(signed -> ((JwsHeader) signed).getKeyId())
                .flatMap(keys)
                .orElseThrow(() -> new UnsupportedJwtException("nobody here knows the key that it names"));
    }

    /** Signs claims. */
    static String sign(TokenKey key, ObjectNode claims) {
        return Jwts.builder()
                .header()
                .keyId(key.id())
                .and()
                .content(Json.write(claims))
                .signWith(key.pair().getPrivate(), Jwts.SIG.ES256)
                .compact();
    }
}
