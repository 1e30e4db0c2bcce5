package io.keelson.orchestrator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Authentication;
import io.keelson.orchestrator.auth.Impersonation;
import io.keelson.orchestrator.auth.ServiceAccounts;
import io.keelson.orchestrator.auth.TokenClaims;
import io.keelson.orchestrator.auth.TokenRequests;
import io.keelson.orchestrator.kind.Json;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.store.MemoryKv;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Who asks and may it, over a store in memory. */
class GateTest {

    private static final User ADMIN = new User("admin", List.of("system:masters"));
    private static final Access PODS = new Access.ToObjects("list", "", "pods", "x", "");

    private final ToldKv kv = new ToldKv(new MemoryKv());
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private Gate gate = gate(AccessConfig.DEFAULT);

    private Gate gate(AccessConfig config) {
        return new Gate(kv, config, () -> now, new SecureRandom());
    }

    private void put(String key, String value) {
        kv.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8(key))
                                .setValue(ByteString.copyFromUtf8(value.replace('\'', '"')))))
                .build());
    }

    private void delete(String key) {
        kv.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key))))
                .build());
    }

    @BeforeEach
    void aServiceAccountWithAPod() {
        put("/registry/core/serviceaccounts/x/bot", "{'metadata':{'name':'bot','namespace':'x','uid':'u1'}}");
        put(
                "/registry/core/pods/x/p",
                "{'metadata':{'name':'p','uid':'p1'},'spec':{'serviceAccountName':'bot','nodeName':'n1'}}");
        put("/registry/core/nodes/n1", "{'metadata':{'name':'n1','uid':'n1u'}}");
    }

    private String token(String spec) {
        ObjectNode account = Json.parse("{\"metadata\":{\"name\":\"bot\",\"namespace\":\"x\",\"uid\":\"u1\"}}");
        TokenRequests.Result result = TokenRequests.decide(
                ADMIN,
                account,
                Json.parse("{\"spec\":" + spec.replace('\'', '"') + "}"),
                gate.objects().newest(),
                AccessConfig.DEFAULT_ISSUER,
                now,
                "id");
        return gate.accounts()
                .sign(((TokenRequests.Result.Issue) result).claims().json());
    }

    private static Optional<Credentials.Certified> certified(String subject) {
        return Optional.of(new Credentials.Certified(subject, Instant.MAX, "hash of " + subject));
    }

    @Test
    void aCertificateThatHasExpiredSinceItsConnectionBeganIsNoneAnyMore() {
        var until = new Credentials.Certified("CN=joe", now.plusSeconds(60), "f00d");
        Credentials joe = new Credentials(Optional.of(until), Optional.empty(), Optional.empty());
        assertThat(gate.user(joe, (_, _) -> {}).name()).isEqualTo("joe");
        assertThat(gate.user(joe, (_, _) -> {}).extra())
                .as("which of joe's certificates it was")
                .containsExactly(Map.entry("authentication.kubernetes.io/credential-id", List.of("X509SHA256=f00d")));
        now = now.plusSeconds(61);
        assertThatThrownBy(() -> gate.user(joe, (_, _) -> {})).hasMessage("Unauthorized");
    }

    private User user(String token) {
        return gate.user(new Credentials(Optional.empty(), Optional.of(token), Optional.empty()), (_, _) -> {});
    }

    private String refusal(String token) {
        assertThatThrownBy(() -> user(token)).isInstanceOf(ApiException.class).hasMessage("Unauthorized");
        return ((Authentication.Refused) gate.token(token, List.of())).reason();
    }

    // Roles

    @Test
    void whatChangesIsKnownToTheNextQuestion() {
        User joe = new User("joe", List.of());
        assertThat(gate.decide(joe, PODS).allowed()).isFalse();
        put(
                "/registry/rbac.authorization.k8s.io/roles/x/r",
                "{'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['list']}]}");
        put(
                "/registry/rbac.authorization.k8s.io/rolebindings/x/b",
                "{'roleRef':{'kind':'Role','name':'r'},'subjects':[{'kind':'User','name':'joe'}]}");
        assertThat(gate.decide(joe, PODS).allowed()).isTrue();
        delete("/registry/rbac.authorization.k8s.io/rolebindings/x/b");
        assertThat(gate.decide(joe, PODS).allowed()).isFalse();
        assertThatThrownBy(() -> gate.require(joe, PODS)).hasMessageStartingWith("pods is forbidden: User \"joe\"");
    }

    @Test
    void aHistoryThatIsGoneIsNoHindrance() {
        User joe = new User("joe", List.of());
        assertThat(gate.decide(joe, PODS).allowed()).isFalse();
        put(
                "/registry/rbac.authorization.k8s.io/clusterroles/r",
                "{'rules':[{'apiGroups':[''],'resources':['pods'],'verbs':['list']}]}");
        put(
                "/registry/rbac.authorization.k8s.io/clusterrolebindings/b",
                "{'roleRef':{'kind':'ClusterRole','name':'r'},'subjects':[{'kind':'User','name':'joe'}]}");
        put("/other", "{}");
        kv.compact(CompactionRequest.newBuilder().setRevision(kv.told()).build());
        assertThat(gate.decide(joe, PODS).allowed()).isTrue();
    }

    @Test
    void whatIsNoObjectGivesNoRight() {
        put("/registry/rbac.authorization.k8s.io/clusterroles/r", "what?");
        put("/registry/rbac.authorization.k8s.io/a/b/c/d", "{}");
        assertThat(gate.decide(new User("joe", List.of()), PODS).allowed()).isFalse();
    }

    // Tokens of service accounts

    @Test
    void aTokenIsTheServiceAccountForAsLongAsItLives() {
        String token = token("{}");
        User bot = user(token);
        assertThat(bot.name()).isEqualTo("system:serviceaccount:x:bot");
        assertThat(bot.groups())
                .containsExactly("system:serviceaccounts", "system:serviceaccounts:x", "system:authenticated");
        assertThat(bot.uid()).isEqualTo("u1");
        assertThat(bot.extra()).containsEntry("authentication.kubernetes.io/credential-id", List.of("JTI=id"));
        now = now.plusSeconds(3_601);
        assertThat(refusal(token)).isEqualTo("service account token has expired");
    }

    @Test
    void aTokenHangsOnItsAccountAndItsPod() {
        String token = token("{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p','uid':'p1'}}");
        assertThat(user(token).extra())
                .containsEntry("authentication.kubernetes.io/pod-name", List.of("p"))
                .containsEntry("authentication.kubernetes.io/node-uid", List.of("n1u"));
        put("/registry/core/pods/x/p", "{'metadata':{'name':'p','uid':'p2'}}");
        assertThat(refusal(token)).contains("pods \"p\" has another UID");
        delete("/registry/core/pods/x/p");
        assertThat(refusal(token)).contains("pods \"p\" not found");
        String free = token("{}");
        assertThat(user(free).name()).endsWith("bot");
        delete("/registry/core/serviceaccounts/x/bot");
        assertThat(refusal(free)).contains("serviceaccounts \"bot\" not found");
    }

    @Test
    void aPodThatEndsKeepsItsTokenForAMinute() {
        String token = token("{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p'}}");
        put(
                "/registry/core/pods/x/p",
                "{'metadata':{'name':'p','uid':'p1','deletionTimestamp':'2026-01-01T00:00:30Z'}}");
        now = now.plusSeconds(80);
        assertThat(user(token).name()).endsWith("bot");
        now = now.plusSeconds(20);
        assertThat(refusal(token)).contains("pods \"p\" has been deleted");
    }

    @Test
    void aTokenForOthersIsGoodForThemAlone() {
        String token = token("{'audiences':['vault']}");
        assertThat(refusal(token)).contains("token audiences [\"vault\"] is invalid for the target audiences");
        assertThat(gate.token(token, List.of("vault", "other")))
                .isInstanceOfSatisfying(
                        Authentication.Known.class,
                        known -> assertThat(known.audiences()).containsExactly("vault"));
    }

    @Test
    void wishesForTokensAreBounded() {
        assertThat(refused("{'expirationSeconds':10}"))
                .isEqualTo("TokenRequest.authentication.k8s.io \"\" is invalid: spec.expirationSeconds: Invalid value:"
                        + " 10: may not specify a duration less than 10 minutes");
        assertThat(refused("{'expirationSeconds':4294967297}"))
                .endsWith("may not specify a duration larger than 2^32 seconds");
        assertThat(refused("{'boundObjectRef':{'kind':'Job','apiVersion':'batch/v1','name':'j'}}"))
                .isEqualTo("cannot bind token to object of type batch/v1, Kind=Job");
        assertThat(refused("{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p','uid':'other'}}"))
                .contains("the UID in the bound object reference (other) does not match the UID in record");
        put("/registry/core/pods/x/q", "{'metadata':{'name':'q','uid':'q1'},'spec':{}}");
        assertThat(refused("{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'q'}}"))
                .isEqualTo("cannot bind token for serviceaccount \"bot\" to pod running with different serviceaccount"
                        + " name.");
    }

    private String refused(String spec) {
        return refused(ADMIN, spec);
    }

    private String refused(User user, String spec) {
        TokenRequests.Result result = TokenRequests.decide(
                user,
                Json.parse("{\"metadata\":{\"name\":\"bot\",\"namespace\":\"x\",\"uid\":\"u1\"}}"),
                Json.parse("{\"spec\":" + spec.replace('\'', '"') + "}"),
                gate.objects().newest(),
                "i",
                now,
                "id");
        return ((TokenRequests.Result.Refuse) result).rejection().message();
    }

    @Test
    void aNodeGetsTokensForItsOwnPodsAlone() {
        User n1 = new User("system:node:n1", List.of("system:nodes"));
        User n2 = new User("system:node:n2", List.of("system:nodes"));
        String bound = "{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p'}}";
        assertThat(refused(n1, "{}")).isEqualTo("node requested token not bound to a pod");
        assertThat(refused(n2, bound)).startsWith("node requested token bound to a pod scheduled on a different node");
    }

    // Keys

    @Test
    void theNewestKeySignsAndOldOnesVerifyUntilNoTokenCanBeLeft() {
        String old = token("{'expirationSeconds':31536000}");
        String first = gate.documents().keySet().get("keys").get(0).get("kid").asString();
        now = now.plus(TokenKeys.SIGNS_FOR).plusSeconds(1);
        gate.upkeep();
        String second = gate.documents().keySet().get("keys").get(0).get("kid").asString();
        assertThat(second).isNotEqualTo(first);
        assertThat(user(old).name()).endsWith("bot");
        assertThat(user(token("{}")).name()).endsWith("bot");
        now = now.plus(TokenKeys.VERIFIES_FOR);
        gate.upkeep();
        gate.upkeep();
        assertThat(gate.documents().keySet().toString()).doesNotContain(first);
    }

    @Test
    void serversShareTheirKeys() {
        String token = token("{}");
        Gate other = gate(AccessConfig.DEFAULT);
        assertThat(other.token(token, List.of())).isInstanceOf(Authentication.Known.class);
        assertThat(other.documents().keySet()).isEqualTo(gate.documents().keySet());
    }

    // Bootstrap tokens

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private void bootstrapToken(String expiration, String groups, String usage) {
        put(
                "/registry/core/secrets/kube-system/bootstrap-token-abcdef",
                "{'type':'bootstrap.kubernetes.io/token','data':{'token-id':'" + base64("abcdef") + "','token-secret':'"
                        + base64("0123456789abcdef") + "','expiration':'" + base64(expiration)
                        + "','auth-extra-groups':'" + base64(groups) + "','usage-bootstrap-authentication':'"
                        + base64(usage) + "'}}");
    }

    @Test
    void aBootstrapTokenIsASecretOfItsType() {
        String token = "abcdef.0123456789abcdef";
        assertThat(refusal(token)).isEqualTo("invalid bootstrap token");
        bootstrapToken("2026-01-02T00:00:00Z", "system:bootstrappers:workers", "true");
        assertThat(user(token).name()).isEqualTo("system:bootstrap:abcdef");
        assertThat(user(token).groups())
                .containsExactly("system:bootstrappers", "system:bootstrappers:workers", "system:authenticated");
        assertThat(refusal("abcdef.0123456789abcdeX".toLowerCase(java.util.Locale.ROOT)))
                .isEqualTo("invalid bootstrap token");
        bootstrapToken("2026-01-02T00:00:00Z", "system:masters", "true");
        assertThat(refusal(token)).startsWith("bootstrap group \"system:masters\" is invalid");
        bootstrapToken("2026-01-02T00:00:00Z", "", "false");
        assertThat(refusal(token)).isEqualTo("invalid bootstrap token");
        bootstrapToken("2025-12-31T00:00:00Z", "", "true");
        assertThat(refusal(token)).isEqualTo("invalid bootstrap token");
    }

    // Others

    @Test
    void nobodyIsAnonymousUnlessTheOperatorSaysSo() {
        Credentials none = new Credentials(Optional.empty(), Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> gate.user(none, (_, _) -> {})).hasMessage("Unauthorized");
        Gate open = gate(new AccessConfig(
                true, AccessConfig.DEFAULT_ISSUER, AccessConfig.DEFAULT_SEATS, Optional.empty(), Optional.empty()));
        assertThat(open.user(none, (_, _) -> {}))
                .isEqualTo(new User("system:anonymous", List.of("system:unauthenticated")));
        Credentials bad = new Credentials(Optional.empty(), Optional.of("bad"), Optional.empty());
        assertThatThrownBy(() -> open.user(bad, (_, _) -> {})).hasMessage("Unauthorized");
    }

    @Test
    void onlyWhoMayActsAsAnother() {
        Impersonation ann = new Impersonation("ann", List.of("devs"), "", Map.of("scopes", List.of("view")));
        Credentials admin = new Credentials(certified("CN=admin,O=system:masters"), Optional.empty(), Optional.of(ann));
        User acting = gate.user(admin, (real, other) -> assertThat(real.name()).isEqualTo("admin"));
        assertThat(acting.name()).isEqualTo("ann");
        assertThat(acting.groups()).containsExactly("devs", "system:authenticated");
        assertThat(acting.extra()).containsEntry("scopes", List.of("view"));
        Credentials joe = new Credentials(certified("CN=joe"), Optional.empty(), Optional.of(ann));
        assertThatThrownBy(() -> gate.user(joe, (_, _) -> {}))
                .hasMessage(
                        "users \"ann\" is forbidden: User \"joe\" cannot impersonate resource \"users\" in API group"
                                + " \"\" at the cluster scope");
        put(
                "/registry/rbac.authorization.k8s.io/clusterroles/as",
                "{'rules':[{'apiGroups':[''],'resources':['users','groups'],'verbs':['impersonate']}]}");
        put(
                "/registry/rbac.authorization.k8s.io/clusterrolebindings/as",
                "{'roleRef':{'kind':'ClusterRole','name':'as'},'subjects':[{'kind':'User','name':'joe'}]}");
        assertThatThrownBy(() -> gate.user(joe, (_, _) -> {}))
                .hasMessage("userextras \"view\" is forbidden: User \"joe\" cannot impersonate resource"
                                .replace("userextras \"view\"", "userextras.authentication.k8s.io \"view\"")
                        + " \"userextras/scopes\" in API group \"authentication.k8s.io\" at the cluster scope");
    }

    @Test
    void aServiceAccountThatIsActedAsHasItsGroups() {
        Credentials admin = new Credentials(
                certified("CN=admin,O=system:masters"),
                Optional.empty(),
                Optional.of(new Impersonation("system:serviceaccount:x:bot", List.of(), "", Map.of())));
        assertThat(gate.user(admin, (_, _) -> {}).groups())
                .containsExactly("system:serviceaccounts", "system:serviceaccounts:x", "system:authenticated");
    }

    // Fuzz

    /** Whatever is done to a token, it is the same user or nobody, and never a failure. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aTokenThatWasTamperedWithIsNobody(long seed) {
        Random random = new Random(seed);
        String good = token("{}");
        for (int round = 0; round < 400; round++) {
            StringBuilder text = new StringBuilder(good);
            for (int changes = random.nextInt(3); changes >= 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.setCharAt(at, (char) (32 + random.nextInt(95)));
                    case 1 -> text.deleteCharAt(at);
                    case 2 -> text.insert(at, "." + (char) random.nextInt(0x3000));
                    default -> text.setLength(Math.max(1, at));
                }
            }
            // The last character of a signature carries bits that mean nothing; a token may be equal but for them.
            String tampered = text.toString();
            Authentication found = gate.token(tampered, List.of());
            if (found instanceof Authentication.Known) {
                assertThat(tampered.substring(0, tampered.length() - 1))
                        .as("seed " + seed)
                        .isEqualTo(good.substring(0, good.length() - 1));
            }
        }
    }

    @Test
    void aTokenThatSignsItselfIsNobody() {
        String claims = encoded(Json.text(new TokenClaims(
                        AccessConfig.DEFAULT_ISSUER,
                        new ServiceAccounts.Account("x", "bot"),
                        "u1",
                        Map.of(),
                        List.of(AccessConfig.DEFAULT_ISSUER),
                        now,
                        now.plus(Duration.ofHours(1)),
                        "id")
                .json()));
        String kid = gate.accounts().sign(Json.object()).split("\\.", -1)[0];
        String id = Json.string(Json.parse(Base64.getUrlDecoder().decode(kid)), "kid")
                .orElseThrow();
        for (String header : List.of(
                "{\"alg\":\"none\"}",
                "{\"alg\":\"none\",\"kid\":\"" + id + "\"}",
                "{\"alg\":\"HS256\",\"kid\":\"" + id + "\"}",
                "{\"alg\":\"RS256\",\"kid\":\"" + id + "\"}",
                "{\"alg\":\"ES256\",\"kid\":\"nobody\"}",
                "{\"alg\":\"ES256\"}",
                "{\"alg\":\"ES256\",\"kid\":\"" + id + "\",\"crit\":[\"x\"],\"x\":1}",
                "{\"alg\":\"dir\",\"enc\":\"A128GCM\",\"kid\":\"" + id + "\"}")) {
            for (String signature : List.of("", "AAAA", encoded("x".repeat(64)), encoded("\0".repeat(64)))) {
                String token = encoded(header) + "." + claims + "." + signature;
                assertThat(gate.token(token, List.of())).as(header).isInstanceOf(Authentication.Refused.class);
            }
        }
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Claims that a key of ours has signed, but that are not what we sign. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void oddClaimsAreNobody(long seed) {
        Random random = new Random(seed);
        List<String> values =
                List.of("\"x\"", "1", "-1", "1e300", "null", "[]", "{}", "true", "9223372036854775807", "\"\"");
        ObjectNode good = Json.parse(Base64.getUrlDecoder().decode(token("{}").split("\\.", -1)[1]));
        List<String> fields = List.copyOf(good.propertyNames());
        for (int round = 0; round < 200; round++) {
            ObjectNode claims = good.deepCopy();
            String field = fields.get(random.nextInt(fields.size()));
            if (List.of("iat", "jti").contains(field)) {
                continue;
            }
            claims.set(
                    field,
                    Json.parse("{\"a\":" + values.get(random.nextInt(values.size())) + "}")
                            .get("a"));
            Authentication found = gate.token(gate.accounts().sign(claims), List.of());
            if (!(List.of("exp", "nbf").contains(field) && found instanceof Authentication.Known)) {
                assertThat(found).as("seed " + seed + ": " + claims).isInstanceOf(Authentication.Refused.class);
            }
        }
    }
}
