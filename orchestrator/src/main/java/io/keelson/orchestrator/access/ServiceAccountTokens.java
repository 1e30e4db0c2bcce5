package io.keelson.orchestrator.access;

import io.keelson.orchestrator.auth.Authentication;
import io.keelson.orchestrator.auth.TokenClaims;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** Makes and proves the tokens of service accounts. What a token hangs on is looked at each time that it is used. */
final class ServiceAccountTokens {

    /** Tokens whose signature need not be computed again. */
    private static final int MAX_PROVEN = 4_096;

    private final TokenKeys keys;
    private final LocalObjects objects;
    private final String issuer;
    private final InstantSource clock;
    private final Map<String, SignedTokens.Proof.Proven> proven =
            Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, SignedTokens.Proof.Proven> eldest) {
                    return size() > MAX_PROVEN;
                }
            });

    ServiceAccountTokens(TokenKeys keys, LocalObjects objects, String issuer, InstantSource clock) {
        this.keys = keys;
        this.objects = objects;
        this.issuer = issuer;
        this.clock = clock;
    }

    /** Who signs. */
    String issuer() {
        return issuer;
    }

    /**
     * Who has a token.
     *
     * @param audiences for any of which it must be
     */
    Authentication authenticate(String token, List<String> audiences) {
        SignedTokens.Proof proof = prove(token);
        if (proof instanceof SignedTokens.Proof.Unproven unproven) {
            return new Authentication.Refused("service account token: " + unproven.why());
        }
        SignedTokens.Proof.Proven good = (SignedTokens.Proof.Proven) proof;
        Optional<TokenClaims> claims =
                TokenClaims.parse(good.claims()).filter(said -> said.issuer().equals(issuer));
        if (claims.isEmpty()) {
            return new Authentication.Refused("service account token: its claims are not those of a service account");
        }
        Authentication here = claims.get().check(clock.instant(), audiences, objects.local());
        // A no may be old news: what it hangs on may have just been made elsewhere.
        return here instanceof Authentication.Refused
                ? claims.get().check(clock.instant(), audiences, objects.newest())
                : here;
    }

    private SignedTokens.Proof prove(String token) {
        SignedTokens.Proof.Proven before = proven.get(token);
        if (before != null && keys.find(before.keyId()).isPresent()) {
            return before;
        }
        SignedTokens.Proof proof = SignedTokens.prove(
                token, id -> keys.find(id).map(key -> key.pair().getPublic()));
        if (proof instanceof SignedTokens.Proof.Proven good) {
            proven.put(token, good);
        } else {
            proven.remove(token);
        }
        return proof;
    }

    String sign(ObjectNode claims) {
        return SignedTokens.sign(keys.signing(), claims);
    }
}
