package io.keelson.orchestrator.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Who may do what by roles and bindings. */
class RbacTest {

    private static final User JOE = new User("joe", List.of("devs", "system:authenticated"));
    private static final Access.ToObjects LIST_PODS = new Access.ToObjects("list", "", "pods", "x", "");

    private final Rbac rbac = new Rbac();

    private static ObjectNode json(String text) {
        return Json.parse(text.replace('\'', '"'));
    }

    private void role(String resource, String namespace, String name, String rules) {
        rbac.set(resource, namespace, name, json("{'rules':[" + rules + "]}"));
    }

    private void bind(String namespace, String name, String roleKind, String role, String subject) {
        rbac.set(
                namespace.isEmpty() ? "clusterrolebindings" : "rolebindings",
                namespace,
                name,
                json("{'roleRef':{'kind':'" + roleKind + "','name':'" + role + "'},'subjects':[" + subject + "]}"));
    }

    private static final String READ_PODS = "{'apiGroups':[''],'resources':['pods'],'verbs':['get','list']}";

    @Test
    void aRoleBindingAllowsInItsNamespaceAndSaysWhichItWas() {
        role("roles", "x", "reader", READ_PODS);
        bind("x", "b", "Role", "reader", "{'kind':'User','name':'joe'}");
        assertThat(rbac.decide(JOE, LIST_PODS))
                .isEqualTo(Decision.allowed("RBAC: allowed by RoleBinding \"b/x\" of Role \"reader\" to User \"joe\""));
        assertThat(rbac.decide(JOE, new Access.ToObjects("list", "", "pods", "y", "")))
                .isEqualTo(Decision.NO_OPINION);
        assertThat(rbac.decide(JOE, new Access.ToObjects("list", "", "pods", "", ""))
                        .allowed())
                .isFalse();
        assertThat(rbac.decide(JOE, new Access.ToObjects("watch", "", "pods", "x", ""))
                        .allowed())
                .isFalse();
        assertThat(rbac.decide(JOE, new Access.ToObjects("list", "apps", "pods", "x", ""))
                        .allowed())
                .isFalse();
    }

    @Test
    void aClusterRoleBindingAllowsEverywhereAndARoleBindingOfAClusterRoleInOneNamespace() {
        role("clusterroles", "", "reader", READ_PODS);
        bind("", "all", "ClusterRole", "reader", "{'kind':'Group','name':'devs'}");
        assertThat(rbac.decide(JOE, new Access.ToObjects("list", "", "pods", "", "")))
                .isEqualTo(Decision.allowed(
                        "RBAC: allowed by ClusterRoleBinding \"all\" of ClusterRole \"reader\" to Group \"devs\""));
        rbac.forget("clusterrolebindings", "", "all");
        bind("x", "one", "ClusterRole", "reader", "{'kind':'Group','name':'devs'}");
        assertThat(rbac.decide(JOE, LIST_PODS).allowed()).isTrue();
        assertThat(rbac.decide(JOE, new Access.ToObjects("list", "", "pods", "y", ""))
                        .allowed())
                .isFalse();
    }

    @Test
    void serviceAccountsAreUsersAndTheirNamespaceIsTheBindingsIfNoneIsSaid() {
        role("roles", "x", "reader", READ_PODS);
        bind(
                "x",
                "b",
                "Role",
                "reader",
                "{'kind':'ServiceAccount','name':'bot'},{'kind':'ServiceAccount','name':'c','namespace':'z'}");
        User bot = ServiceAccounts.user(new ServiceAccounts.Account("x", "bot"), "u", java.util.Map.of());
        User other = ServiceAccounts.user(new ServiceAccounts.Account("z", "c"), "u", java.util.Map.of());
        assertThat(rbac.decide(bot, LIST_PODS).reason())
                .isEqualTo("RBAC: allowed by RoleBinding \"b/x\" of Role \"reader\" to ServiceAccount \"bot/x\"");
        assertThat(rbac.decide(other, LIST_PODS).allowed()).isTrue();
    }

    @Test
    void subresourcesNamesAndStarsAreMatchedAsKubernetesDoes() {
        role("roles", "x", "r", """
                {'apiGroups':[''],'resources':['pods/log'],'verbs':['get']},
                {'apiGroups':['apps'],'resources':['*/scale'],'verbs':['*']},
                {'apiGroups':[''],'resources':['secrets'],'resourceNames':['one'],'verbs':['get','create']},
                {'apiGroups':['*'],'resources':['*'],'verbs':['watch']}""");
        bind("x", "b", "Role", "r", "{'kind':'User','name':'joe'}");
        assertThat(may("get", "", "pods/log", "p")).isTrue();
        assertThat(may("get", "", "pods", "p")).isFalse();
        assertThat(may("patch", "apps", "deployments/scale", "d")).isTrue();
        assertThat(may("patch", "apps", "deployments/status", "d")).isFalse();
        assertThat(may("patch", "", "deployments/scale", "d")).isFalse();
        assertThat(may("get", "", "secrets", "one")).isTrue();
        assertThat(may("get", "", "secrets", "two")).isFalse();
        assertThat(may("create", "", "secrets", ""))
                .as("a create names nothing")
                .isFalse();
        assertThat(may("watch", "any", "thing/status", "")).isTrue();
    }

    private boolean may(String verb, String group, String resource, String name) {
        return rbac.decide(JOE, new Access.ToObjects(verb, group, resource, "x", name))
                .allowed();
    }

    @Test
    void pathsAreAllowedByTheClustersBindingsAloneAndMayEndWithAStar() {
        role("clusterroles", "", "r", "{'nonResourceURLs':['/healthz','/api/*'],'verbs':['get']}");
        bind("", "b", "ClusterRole", "r", "{'kind':'User','name':'joe'}");
        assertThat(rbac.decide(JOE, new Access.ToPath("get", "/healthz")).allowed())
                .isTrue();
        assertThat(rbac.decide(JOE, new Access.ToPath("get", "/healthz/x")).allowed())
                .isFalse();
        assertThat(rbac.decide(JOE, new Access.ToPath("get", "/api/v1")).allowed())
                .isTrue();
        assertThat(rbac.decide(JOE, new Access.ToPath("post", "/api/v1")).allowed())
                .isFalse();
    }

    @Test
    void aBindingOfARoleThatIsNotThereIsNamedInTheReason() {
        bind("x", "b", "Role", "gone", "{'kind':'User','name':'joe'}");
        bind("x", "c", "ClusterRole", "lost", "{'kind':'User','name':'joe'}");
        assertThat(rbac.decide(JOE, LIST_PODS))
                .isEqualTo(Decision.noOpinion("RBAC: [role.rbac.authorization.k8s.io \"gone\" not found,"
                        + " clusterrole.rbac.authorization.k8s.io \"lost\" not found]"));
    }

    @Test
    void changesAndDeletesOfBindingsAndRolesAreForgottenWholly() {
        role("roles", "x", "reader", READ_PODS);
        bind("x", "b", "Role", "reader", "{'kind':'User','name':'joe'}");
        bind("x", "b", "Role", "reader", "{'kind':'User','name':'ann'}");
        assertThat(rbac.decide(JOE, LIST_PODS).allowed()).isFalse();
        bind("x", "b", "Role", "reader", "{'kind':'User','name':'joe'}");
        rbac.forget("roles", "x", "reader");
        assertThat(rbac.decide(JOE, LIST_PODS).allowed()).isFalse();
        role("roles", "x", "reader", READ_PODS);
        assertThat(rbac.decide(JOE, LIST_PODS).allowed()).isTrue();
        rbac.forget("rolebindings", "x", "b");
        assertThat(rbac.decide(JOE, LIST_PODS)).isEqualTo(Decision.NO_OPINION);
    }

    /** The index against a look at every binding, after many changes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theIndexSaysWhatALookAtEveryBindingSays(long seed) {
        Random random = new Random(seed);
        List<String> names = List.of("a", "b", "c");
        java.util.Map<String, ObjectNode> all = new java.util.TreeMap<>();
        for (int step = 0; step < 300; step++) {
            String namespace = random.nextBoolean() ? "" : pick(random, List.of("x", "y"));
            boolean binding = random.nextBoolean();
            String resource = (namespace.isEmpty() ? "cluster" : "") + (binding ? "rolebindings" : "roles");
            String name = pick(random, names);
            String key = resource + "/" + namespace + "/" + name;
            if (random.nextInt(4) == 0) {
                rbac.forget(resource, namespace, name);
                all.remove(key);
            } else {
                String kind = namespace.isEmpty() || random.nextBoolean() ? "ClusterRole" : "Role";
                ObjectNode object = binding
                        ? json("{'roleRef':{'kind':'" + kind + "','name':'" + pick(random, names)
                                + "'},'subjects':[{'kind':'" + pick(random, List.of("User", "Group")) + "','name':'"
                                + pick(random, List.of("joe", "devs", "ann")) + "'}]}")
                        : json("{'rules':[{'apiGroups':[''],'resources':['"
                                + pick(random, List.of("pods", "*", "secrets")) + "'],'verbs':['"
                                + pick(random, List.of("list", "*", "get")) + "']}]}");
                rbac.set(resource, namespace, name, object);
                all.put(key, object);
            }
            assertThat(rbac.decide(JOE, LIST_PODS).allowed())
                    .as("seed " + seed + " step " + step)
                    .isEqualTo(naive(all));
        }
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static boolean naive(java.util.Map<String, ObjectNode> all) {
        for (var each : all.entrySet()) {
            String[] key = each.getKey().split("/", -1);
            if (!key[0].endsWith("bindings") || !(key[1].isEmpty() || key[1].equals("x"))) {
                continue;
            }
            ObjectNode binding = each.getValue();
            var subject = Json.items(binding, "subjects").getFirst();
            String who = Json.string(subject, "kind").orElseThrow() + "/"
                    + Json.string(subject, "name").orElseThrow();
            boolean cluster =
                    Json.string(binding, "roleRef", "kind").orElseThrow().equals("ClusterRole");
            String role = (cluster ? "clusterroles//" : "roles/" + key[1] + "/")
                    + Json.string(binding, "roleRef", "name").orElseThrow();
            if (List.of("User/joe", "Group/devs").contains(who)
                    && all.containsKey(role)
                    && PolicyRule.listOf(all.get(role)).getFirst().allows(LIST_PODS)) {
                return true;
            }
        }
        return false;
    }

    // Escalation

    private static PolicyRule rule(String text) {
        return PolicyRule.parse(json(text));
    }

    @Test
    void whoHasAllMayGiveIt() {
        List<PolicyRule> held = List.of(
                rule("{'apiGroups':[''],'resources':['pods','*/status'],'verbs':['*']}"),
                rule("{'apiGroups':['apps'],'resources':['*'],'verbs':['get']}"),
                rule("{'nonResourceURLs':['/x/*'],'verbs':['get']}"));
        assertThat(Escalation.refusal(
                        JOE,
                        held,
                        List.of(
                                rule("{'apiGroups':[''],'resources':['pods','nodes/status'],'verbs':['get','list']}"),
                                rule("{'apiGroups':[''],'resources':['pods'],'resourceNames':['a'],'verbs':['get']}"),
                                rule("{'apiGroups':['apps'],'resources':['deployments/scale'],'verbs':['get']}"),
                                rule("{'nonResourceURLs':['/x/y','/x/*'],'verbs':['get']}")),
                        List.of()))
                .isEmpty();
    }

    @Test
    void whatIsMissingIsNamedAsKubernetesNamesIt() {
        List<PolicyRule> held =
                List.of(rule("{'apiGroups':[''],'resources':['pods'],'resourceNames':['a'],'verbs':['get']}"));
        assertThat(Escalation.refusal(
                        JOE,
                        held,
                        List.of(
                                rule("{'apiGroups':[''],'resources':['pods','secrets'],'verbs':['get','list']}"),
                                rule("{'nonResourceURLs':['/x'],'verbs':['get']}")),
                        List.of()))
                .contains("""
                        user "joe" (groups=["devs" "system:authenticated"]) is attempting to grant RBAC permissions not currently held:
                        {APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}
                        {APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}
                        {NonResourceURLs:["/x"], Verbs:["get"]}""");
    }

    /** Whatever is granted and not refused allows nothing that was not allowed before. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16})
    void nothingThatPassesGivesMore(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            List<PolicyRule> held = rules(random);
            List<PolicyRule> granted = rules(random);
            if (Escalation.missing(held, granted).isEmpty()) {
                for (int probe = 0; probe < 50; probe++) {
                    Access access = new Access.ToObjects(
                            pick(random, List.of("get", "list")),
                            pick(random, List.of("", "apps")),
                            pick(random, List.of("pods", "pods/log", "pods/scale", "jobs/scale")),
                            "x",
                            pick(random, List.of("", "n", "m")));
                    boolean before = held.stream().anyMatch(rule -> rule.allows(access));
                    boolean after = granted.stream().anyMatch(rule -> rule.allows(access));
                    assertThat(before || !after)
                            .as("seed " + seed + ": " + held + " / " + granted + " / " + access)
                            .isTrue();
                }
            }
        }
    }

    private static List<PolicyRule> rules(Random random) {
        List<PolicyRule> rules = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            rules.add(new PolicyRule(
                    List.of(pick(random, List.of("get", "list", "*"))),
                    List.of(pick(random, List.of("", "apps", "*"))),
                    List.of(pick(random, List.of("pods", "*", "*/scale", "pods/log", "jobs/scale"))),
                    random.nextInt(3) == 0 ? List.of(pick(random, List.of("n", "m"))) : List.of(),
                    List.of()));
        }
        return rules;
    }
}
