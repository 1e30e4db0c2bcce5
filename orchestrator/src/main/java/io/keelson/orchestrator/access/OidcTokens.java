package io.keelson.orchestrator.access;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import io.keelson.orchestrator.auth.Authentication;
import io.keelson.orchestrator.auth.OidcRules;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Proves the tokens of an OpenID provider. Its keys are fetched when a token names one that is not known, at most once in {@link
 * #FETCH_AGAIN_AFTER}, and forgotten after {@link #KEEP}: a key that the provider has given up must not be good for ever.
 */
final class OidcTokens {

    static final Duration FETCH_AGAIN_AFTER = Duration.ofSeconds(10);
    static final Duration KEEP = Duration.ofHours(1);

    /** Fetches a document of the provider. */
    interface Fetch {
        byte[] get(String url) throws IOException, InterruptedException;
    }

    private final OidcRules rules;
    private final Fetch fetch;
    private final InstantSource clock;
    private Map<String, Key> keys = Map.of();
    private Instant fetched = Instant.EPOCH;
    private String failure = "";

    OidcTokens(OidcRules rules, Fetch fetch, InstantSource clock) {
        this.rules = rules;
        this.fetch = fetch;
        this.clock = clock;
    }

    boolean issued(String issuer) {
        return rules.issuer().equals(issuer);
    }

    Authentication authenticate(String token) {
        SignedTokens.Proof proof = SignedTokens.prove(token, this::key);
        return switch (proof) {
            case SignedTokens.Proof.Proven good -> rules.user(good.claims(), clock.instant());
            case SignedTokens.Proof.Unproven bad -> new Authentication.Refused("oidc: " + bad.why() + said());
        };
    }

    private synchronized String said() {
        return failure.isEmpty() ? "" : "; " + failure;
    }

    private synchronized Optional<Key> key(String id) {
        Instant now = clock.instant();
        Duration age = Duration.between(fetched, now);
        boolean stale = age.compareTo(KEEP) > 0;
        if (stale || (!keys.containsKey(id) && age.compareTo(FETCH_AGAIN_AFTER) > 0)) {
            fetched = now;
            if (stale) {
                keys = Map.of();
            }
            fetchKeys();
        }
        return Optional.ofNullable(keys.get(id));
    }

    private void fetchKeys() {
        try {
            String url = Json.string(
                            Json.parse(fetch.get(rules.issuer() + "/.well-known/openid-configuration")), "jwks_uri")
                    .orElseThrow(() -> new IOException("its discovery document names no jwks_uri"));
            Map<String, Key> found = new HashMap<>();
            String document = new String(fetch.get(url), StandardCharsets.UTF_8);
            for (Jwk<?> each : Jwks.setParser().build().parse(document)) {
                if (each.getId() != null && each.toKey() instanceof PublicKey open) {
                    found.put(each.getId(), open);
                }
            }
            keys = Map.copyOf(found);
            failure = "";
        } catch (IOException | MalformedJsonException | JwtException | IllegalArgumentException e) {
            failure = "the keys of " + rules.issuer() + " could not be fetched: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "the server stops";
        }
    }
}
