package io.keelson.orchestrator.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Authentication;
import io.keelson.orchestrator.auth.OidcRules;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.testing.TestOidcIssuer;
import io.keelson.orchestrator.testing.TestServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Tokens of a provider that is there over HTTPS: which make a user, and whom. */
class OidcTest {

    private static final String CLIENT = "keelson";

    @TempDir
    Path directory;

    private TestOidcIssuer issuer;
    private KeyPair first;
    private Instant now = Instant.parse("2026-05-01T12:00:00Z");

    @BeforeEach
    void start() throws Exception {
        issuer = TestOidcIssuer.start(directory);
        first = issuer.newKey("first");
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private OidcRules rules(String usernameClaim, Map<String, String> required) {
        return new OidcRules(issuer.url(), CLIENT, usernameClaim, "oidc:", "groups", "org:", required);
    }

    private OidcTokens tokens(OidcRules rules) {
        return new OidcTokens(rules, HttpsFetch.trusting(Optional.of(issuer.ca())), () -> now);
    }

    private ObjectNode claims() {
        ObjectNode claims = Json.object()
                .put("iss", issuer.url())
                .put("aud", CLIENT)
                .put("sub", "ann")
                .put("email", "ann@example.org")
                .put("exp", now.plusSeconds(600).getEpochSecond());
        claims.putArray("groups").add("devs").add("ops");
        return claims;
    }

    private String signed(ObjectNode claims) {
        return TestOidcIssuer.token("RS256", "first", first.getPrivate(), claims);
    }

    private static User user(Authentication found) {
        assertThat(found).isInstanceOf(Authentication.Known.class);
        return ((Authentication.Known) found).user();
    }

    private static String refusal(Authentication found) {
        assertThat(found).isInstanceOf(Authentication.Refused.class);
        return ((Authentication.Refused) found).reason();
    }

    @Test
    void claimsBecomeAUserWithPrefixes() {
        User ann = user(tokens(rules("sub", Map.of())).authenticate(signed(claims())));
        assertThat(ann.name()).isEqualTo("oidc:ann");
        assertThat(ann.groups()).containsExactly("org:devs", "org:ops");
        ObjectNode many = claims();
        many.putArray("aud").add("other").add(CLIENT);
        many.put("groups", "one");
        User byEmail = user(tokens(rules("email", Map.of())).authenticate(signed(many)));
        assertThat(byEmail.name()).isEqualTo("oidc:ann@example.org");
        assertThat(byEmail.groups()).containsExactly("org:one");
    }

    @Test
    void keysOnACurveAreAsGood() throws Exception {
        KeyPair curve = issuer.newCurveKey("curve");
        String token = TestOidcIssuer.token("ES256", "curve", curve.getPrivate(), claims());
        assertThat(user(tokens(rules("sub", Map.of())).authenticate(token)).name())
                .isEqualTo("oidc:ann");
    }

    @Test
    void claimsThatDoNotFitAreRefusedWithTheReason() {
        OidcTokens tokens = tokens(rules("email", Map.of("tenant", "red")));
        ObjectNode good = claims().put("tenant", "red");
        assertThat(user(tokens.authenticate(signed(good))).name()).isEqualTo("oidc:ann@example.org");
        assertThat(refusal(tokens.authenticate(signed(good.deepCopy().put("aud", "other")))))
                .isEqualTo("oidc: expected audience \"keelson\" got [\"other\"]");
        assertThat(refusal(tokens.authenticate(signed(good.deepCopy().put("iss", "https://elsewhere")))))
                .contains("issued by a different provider");
        assertThat(refusal(tokens.authenticate(
                        signed(good.deepCopy().put("exp", now.minusSeconds(60).getEpochSecond())))))
                .contains("token is expired");
        ObjectNode endless = good.deepCopy();
        endless.remove("exp");
        assertThat(refusal(tokens.authenticate(signed(endless)))).contains("token is expired");
        assertThat(refusal(tokens.authenticate(
                        signed(good.deepCopy().put("nbf", now.plusSeconds(60).getEpochSecond())))))
                .contains("not valid yet");
        assertThat(refusal(tokens.authenticate(signed(good.deepCopy().put("tenant", "blue")))))
                .isEqualTo("oidc: required claim tenant value does not match. Got = blue, want = red");
        assertThat(refusal(tokens.authenticate(signed(claims())))).contains("required claim tenant not present");
        assertThat(refusal(tokens.authenticate(signed(good.deepCopy().put("email_verified", false)))))
                .contains("email not verified");
        ObjectNode nameless = good.deepCopy();
        nameless.remove("email");
        assertThat(refusal(tokens.authenticate(signed(nameless)))).contains("parse username claims");
    }

    @Test
    void whatTheProviderHasNotSignedIsRefused() throws Exception {
        OidcTokens tokens = tokens(rules("sub", Map.of()));
        String good = signed(claims());
        assertThat(user(tokens.authenticate(good)).name()).isEqualTo("oidc:ann");
        assertThat(refusal(tokens.authenticate(TestOidcIssuer.token("none", "first", first.getPublic(), claims()))))
                .startsWith("oidc: it cannot be proven");
        assertThat(refusal(tokens.authenticate(TestOidcIssuer.token("HS256", "first", first.getPublic(), claims()))))
                .as("the public key is no secret")
                .startsWith("oidc: it cannot be proven");
        KeyPair foreign = TestOidcIssuer.start(directory).newKey("first");
        assertThat(refusal(tokens.authenticate(TestOidcIssuer.token("RS256", "first", foreign.getPrivate(), claims()))))
                .contains("its signature is not that of the key that it names");
        String other = signed(claims().put("sub", "eve"));
        String[] parts = good.split("\\.", -1);
        assertThat(refusal(tokens.authenticate(parts[0] + "." + other.split("\\.", -1)[1] + "." + parts[2])))
                .contains("its signature is not that of the key that it names");
    }

    @Test
    void aNewKeyIsFetchedAndAnOldOneForgotten() throws Exception {
        OidcTokens tokens = tokens(rules("sub", Map.of()));
        assertThat(user(tokens.authenticate(signed(claims()))).name()).isEqualTo("oidc:ann");
        assertThat(issuer.fetches()).isEqualTo(1);
        KeyPair second = issuer.newKey("second");
        issuer.retire("first");
        String bySecond = TestOidcIssuer.token("RS256", "second", second.getPrivate(), claims());
        assertThat(refusal(tokens.authenticate(bySecond)))
                .as("too soon to ask again")
                .contains("nobody here knows the key");
        assertThat(issuer.fetches()).isEqualTo(1);
        now = now.plus(OidcTokens.FETCH_AGAIN_AFTER).plusSeconds(1);
        assertThat(user(tokens.authenticate(bySecond)).name()).isEqualTo("oidc:ann");
        assertThat(issuer.fetches()).isEqualTo(2);
        now = now.plus(OidcTokens.FETCH_AGAIN_AFTER).plusSeconds(1);
        assertThat(refusal(tokens.authenticate(signed(claims())))).contains("nobody here knows the key");
    }

    @Test
    void aProviderThatDoesNotAnswerTakesNothingAwayForAnHour() {
        OidcTokens tokens = tokens(rules("sub", Map.of()));
        assertThat(user(tokens.authenticate(signed(claims()))).name()).isEqualTo("oidc:ann");
        issuer.down(true);
        now = now.plus(Duration.ofMinutes(30));
        String unknown = TestOidcIssuer.token("RS256", "third", first.getPrivate(), claims());
        assertThat(refusal(tokens.authenticate(unknown))).contains("could not be fetched", "answered 503");
        assertThat(user(tokens.authenticate(signed(claims()))).name()).isEqualTo("oidc:ann");
        now = now.plus(Duration.ofMinutes(31));
        assertThat(refusal(tokens.authenticate(signed(claims())))).contains("nobody here knows the key");
    }

    @Test
    void aDiscoveryDocumentOfAnotherIssuerIsNotBelieved() {
        issuer.claimToBe("https://127.0.0.1/other");
        assertThat(refusal(tokens(rules("sub", Map.of())).authenticate(signed(claims()))))
                .contains("issuer did not match the issuer returned by provider");
    }

    @Test
    void itsUsersComeOverRest() throws Exception {
        now = Instant.now();
        AccessConfig access = new AccessConfig(
                false,
                AccessConfig.DEFAULT_ISSUER,
                AccessConfig.DEFAULT_SEATS,
                Optional.empty(),
                Optional.of(new OidcConfig(rules("sub", Map.of()), Optional.of(issuer.ca()))));
        try (TestServer server = TestServer.start(directory, access)) {
            HttpResponse<String> who = server.send(
                    server.http(Optional.empty()),
                    "POST",
                    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
                    "application/json",
                    "{}",
                    "Authorization",
                    "Bearer " + signed(claims()));
            assertThat(who.statusCode()).as(who.body()).isEqualTo(201);
            ObjectNode info = Json.parse(who.body());
            assertThat(Json.string(info, "status", "userInfo", "username")).contains("oidc:ann");
            assertThat(Json.items(info, "status", "userInfo", "groups").toString())
                    .isEqualTo("[\"org:devs\", \"org:ops\", \"system:authenticated\"]");
            HttpResponse<String> refused = server.get(
                    server.http(Optional.empty()),
                    "/api/v1/pods",
                    "Authorization",
                    "Bearer " + signed(claims().put("aud", "x")));
            assertThat(refused.statusCode()).isEqualTo(401);
            assertThat(List.of(refused.body())).noneMatch(body -> body.contains("audience"));
        }
    }
}
