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
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

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

    /** What was fetched of the provider. */
    private record Known(Map<String, Key> keys, Instant fetched) {}

    private final OidcRules rules;
    private final Fetch fetch;
    private final InstantSource clock;
    private final ReentrantLock fetching = new ReentrantLock();
    /** Also in vain; guarded by {@link #fetching}. */
    private Instant tried = Instant.EPOCH;

    private volatile Known known = new Known(Map.of(), Instant.EPOCH);
    private volatile String failure = "";

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
            case SignedTokens.Proof.Unproven bad ->
                new Authentication.Refused("oidc: " + bad.why() + (failure.isEmpty() ? "" : "; " + failure));
        };
    }

    /** A key that is known is had without waiting for a fetch that somebody else's token has made necessary. */
    private Optional<Key> key(String id) {
        Optional<Key> now = fresh(id);
        if (now.isPresent()) {
            return now;
        }
        fetching.lock();
        try {
            Instant start = clock.instant();
            if (fresh(id).isEmpty() && Duration.between(tried, start).compareTo(FETCH_AGAIN_AFTER) > 0) {
                tried = start;
                fetchKeys(start);
            }
        } finally {
            fetching.unlock();
        }
        return fresh(id);
    }

    private Optional<Key> fresh(String id) {
        Known here = known;
        return Duration.between(here.fetched, clock.instant()).compareTo(KEEP) > 0
                ? Optional.empty()
                : Optional.ofNullable(here.keys.get(id));
    }

    /** After a failure what was known stays known, as long as it would have. */
    private void fetchKeys(Instant start) {
        try {
            known = new Known(provided(), start);
            failure = "";
        } catch (IOException | MalformedJsonException | JwtException | IllegalArgumentException e) {
            failure = "the keys of " + rules.issuer() + " could not be fetched: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = "the server stops";
        }
    }

    private Map<String, Key> provided() throws IOException, InterruptedException {
        String issuer = rules.issuer();
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        ObjectNode discovery = Json.parse(fetch.get(base + "/.well-known/openid-configuration"));
        // Else one tenant of a provider could answer for another.
        String said = Json.string(discovery, "issuer").orElse("");
        if (!said.equals(issuer)) {
            throw new IOException("issuer did not match the issuer returned by provider, expected \"" + issuer
                    + "\" got \"" + said + "\"");
        }
        String url = Json.string(discovery, "jwks_uri")
                .orElseThrow(() -> new IOException("its discovery document names no jwks_uri"));
        Map<String, Key> found = new HashMap<>();
        String document = new String(fetch.get(url), StandardCharsets.UTF_8);
        for (Jwk<?> each : Jwks.setParser().build().parse(document)) {
            if (each.getId() != null && each.toKey() instanceof PublicKey open) {
                found.put(each.getId(), open);
            }
        }
        return Map.copyOf(found);
    }
}
