package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** The {@code rules} of a FlowSchema: whose requests, and which of them, are of a flow. */
final class FlowRules {

    /** The field that goes with each kind of subject. */
    private static final Map<String, String> SUBJECTS =
            Map.of("Group", "group", "ServiceAccount", "serviceAccount", "User", "user");

    private static final Set<String> VERBS = Set.of(
            "*",
            "get",
            "list",
            "create",
            "update",
            "delete",
            "deletecollection",
            "patch",
            "watch",
            "proxy",
            "head",
            "post",
            "put",
            "options",
            "connect");

    private FlowRules() {}

    static void check(JsonNode rule, String path, Causes causes) {
        List<JsonNode> subjects = Json.items(rule, "subjects");
        if (subjects.isEmpty()) {
            causes.add(Cause.required(path + ".subjects", "subjects must contain at least one value"));
        }
        for (int i = 0; i < subjects.size(); i++) {
            subject(subjects.get(i), path + ".subjects[" + i + "]", causes);
        }
        List<JsonNode> resources = Json.items(rule, "resourceRules");
        List<JsonNode> others = Json.items(rule, "nonResourceRules");
        if (resources.isEmpty() && others.isEmpty()) {
            causes.add(Cause.required(path, "at least one of resourceRules and nonResourceRules has to be non-empty"));
        }
        for (int i = 0; i < resources.size(); i++) {
            resources(resources.get(i), path + ".resourceRules[" + i + "]", causes);
        }
        for (int i = 0; i < others.size(); i++) {
            String at = path + ".nonResourceRules[" + i + "]";
            verbs(others.get(i), at, causes);
            values(others.get(i), at, "nonResourceURLs", "non-resource URLs", causes);
        }
    }

    private static void subject(JsonNode subject, String path, Causes causes) {
        String kind = subject.path("kind").asString("");
        String field = SUBJECTS.get(kind);
        if (field == null) {
            causes.add(Cause.notSupported(
                    path + ".kind",
                    Causes.quoted(kind),
                    SUBJECTS.keySet().stream().sorted().toList()));
            return;
        }
        new TreeMap<>(SUBJECTS).forEach((other, name) -> {
            if (!other.equals(kind) && subject.has(name)) {
                causes.add(Cause.forbidden(
                        path + "." + name, name + " is forbidden when subject kind is not '" + other + "'"));
            }
        });
        if (!subject.path(field).isObject()) {
            causes.add(Cause.required(path + "." + field, field + " is required when subject kind is '" + kind + "'"));
            return;
        }
        causes.present(subject.path(field), path + "." + field, "name");
        if (field.equals("serviceAccount")) {
            causes.present(subject.path(field), path + "." + field, "namespace");
        }
    }

    private static void resources(JsonNode rule, String path, Causes causes) {
        verbs(rule, path, causes);
        values(rule, path, "apiGroups", "api groups", causes);
        values(rule, path, "resources", "resources", causes);
        boolean nowhere = Json.items(rule, "namespaces").isEmpty();
        if (nowhere && !rule.path("clusterScope").booleanValue(false)) {
            causes.add(Cause.required(
                    path + ".namespaces",
                    "resource rules that are not cluster scoped must supply at least one namespace"));
        } else if (!nowhere) {
            values(rule, path, "namespaces", "namespaces", causes);
        }
    }

    private static void verbs(JsonNode rule, String path, Causes causes) {
        values(rule, path, "verbs", "verbs", causes);
        List<JsonNode> unknown = Json.items(rule, "verbs").stream()
                .filter(verb -> !VERBS.contains(verb.asString("")))
                .toList();
        if (!unknown.isEmpty()) {
            causes.add(Cause.notSupported(
                    path + ".verbs", unknown.toString(), VERBS.stream().sorted().toList()));
        }
    }

    /** A list that must not be empty, in which a star stands alone. */
    private static void values(JsonNode rule, String path, String field, String words, Causes causes) {
        List<JsonNode> values = Json.items(rule, field);
        if (values.isEmpty()) {
            causes.add(Cause.required(path + "." + field, field + " must contain at least one value"));
        } else if (values.size() > 1
                && values.stream().anyMatch(value -> value.asString("").equals("*"))) {
            causes.invalid(path + "." + field, rule.path(field), "if '*' is present, must not specify other " + words);
        }
    }
}
