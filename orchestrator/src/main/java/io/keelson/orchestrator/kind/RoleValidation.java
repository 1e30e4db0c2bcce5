package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Roles and who has them. */
final class RoleValidation {

    private static final String GROUP = "rbac.authorization.k8s.io";

    private RoleValidation() {}

    static void role(ObjectNode role, Causes causes) {
        rules(role, causes);
        int i = 0;
        for (JsonNode rule : Json.items(role, "rules")) {
            String path = "rules[" + i++ + "]";
            if (!Json.items(rule, "nonResourceURLs").isEmpty()) {
                causes.invalid(
                        path + ".nonResourceURLs",
                        rule.path("nonResourceURLs"),
                        "namespaced rules cannot apply to non-resource URLs");
            }
        }
    }

    static void clusterRole(ObjectNode role, Causes causes) {
        rules(role, causes);
        Json.at(role, "aggregationRule").ifPresent(aggregation -> {
            List<JsonNode> selectors = Json.items(aggregation, "clusterRoleSelectors");
            if (selectors.isEmpty()) {
                causes.add(Cause.required(
                        "aggregationRule.clusterRoleSelectors",
                        "at least one clusterRoleSelector required if aggregationRule is non-nil"));
            }
            for (int i = 0; i < selectors.size(); i++) {
                WorkloadValidation.selector(
                        selectors.get(i), "aggregationRule.clusterRoleSelectors[" + i + "]", causes);
            }
        });
    }

    private static void rules(ObjectNode role, Causes causes) {
        int i = 0;
        for (JsonNode rule : Json.items(role, "rules")) {
            String path = "rules[" + i++ + "]";
            if (Json.items(rule, "verbs").isEmpty()) {
                causes.add(Cause.required(path + ".verbs", "verbs must contain at least one value"));
            }
            boolean resources = !Json.items(rule, "resources").isEmpty();
            if (!Json.items(rule, "nonResourceURLs").isEmpty()) {
                boolean both = resources
                        || !Json.items(rule, "apiGroups").isEmpty()
                        || !Json.items(rule, "resourceNames").isEmpty();
                if (both) {
                    causes.invalid(
                            path + ".nonResourceURLs",
                            rule.path("nonResourceURLs"),
                            "rules cannot apply to both regular resources and non-resource URLs");
                }
                continue;
            }
            if (Json.items(rule, "apiGroups").isEmpty()) {
                causes.add(Cause.required(path + ".apiGroups", "resource rules must supply at least one api group"));
            }
            if (!resources) {
                causes.add(Cause.required(path + ".resources", "resource rules must supply at least one resource"));
            }
        }
    }

    static void roleBinding(Optional<ObjectNode> live, ObjectNode binding, Causes causes) {
        binding(live, binding, Set.of("ClusterRole", "Role"), causes);
    }

    static void clusterRoleBinding(Optional<ObjectNode> live, ObjectNode binding, Causes causes) {
        binding(live, binding, Set.of("ClusterRole"), causes);
        int i = 0;
        for (JsonNode subject : Json.items(binding, "subjects")) {
            namespace(subject, "subjects[" + i++ + "]", causes);
        }
    }

    private static void binding(Optional<ObjectNode> live, ObjectNode binding, Set<String> kinds, Causes causes) {
        JsonNode role = binding.path("roleRef");
        causes.oneOf(role, "roleRef", "apiGroup", Set.of(GROUP));
        if (!kinds.contains(role.path("kind").asString(""))) {
            causes.add(Cause.notSupported(
                    "roleRef.kind",
                    Causes.quoted(role.path("kind").asString("")),
                    kinds.stream().sorted().toList()));
        }
        String name = role.path("name").asString("");
        if (causes.present(role, "roleRef", "name")) {
            causes.invalid("roleRef.name", name, Names.pathSegmentProblems(name));
        }
        int i = 0;
        for (JsonNode subject : Json.items(binding, "subjects")) {
            subject(subject, "subjects[" + i++ + "]", causes);
        }
        causes.cannotChange(live, binding, "cannot change roleRef", "roleRef");
    }

    private static void subject(JsonNode subject, String path, Causes causes) {
        causes.present(subject, path, "name");
        String group = subject.path("apiGroup").asString("");
        switch (subject.path("kind").asString("")) {
            case "ServiceAccount" -> {
                if (!group.isEmpty()) {
                    causes.add(Cause.notSupported(path + ".apiGroup", Causes.quoted(group), List.of("")));
                }
            }
            case "User", "Group" -> {
                if (!group.equals(GROUP)) {
                    causes.add(Cause.notSupported(path + ".apiGroup", Causes.quoted(group), List.of(GROUP)));
                }
            }
            default ->
                causes.add(Cause.notSupported(
                        path + ".kind",
                        Causes.quoted(subject.path("kind").asString("")),
                        List.of("Group", "ServiceAccount", "User")));
        }
    }

    /** In a namespace an account without one is of that; everywhere there is none that it could be of. */
    private static void namespace(JsonNode subject, String path, Causes causes) {
        if (subject.path("kind").asString("").equals("ServiceAccount")) {
            causes.present(subject, path, "namespace");
        }
    }
}
