package io.keelson.orchestrator.kind;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The {@code rules} of webhooks and policies: which requests they are about. */
final class AdmissionRules {

    private static final Set<String> SCOPES = Set.of("*", "Cluster", "Namespaced");
    private static final Set<String> OPERATIONS = Set.of("*", "CONNECT", "CREATE", "DELETE", "UPDATE");

    private AdmissionRules() {}

    static void check(JsonNode parent, String path, String list, Causes causes) {
        int i = 0;
        for (JsonNode rule : Json.items(parent, list)) {
            String where = path + "." + list + "[" + i++ + "]";
            operations(rule, where, causes);
            alone(rule, where, "apiGroups", "API groups", causes);
            alone(rule, where, "apiVersions", "API versions", causes);
            resources(rule, where + ".resources", causes);
            causes.oneOf(rule, where, "scope", SCOPES);
        }
    }

    private static void operations(JsonNode rule, String where, Causes causes) {
        alone(rule, where, "operations", "operations", causes);
        int i = 0;
        for (JsonNode operation : Json.items(rule, "operations")) {
            if (!OPERATIONS.contains(operation.asString(""))) {
                causes.add(Cause.notSupported(
                        where + ".operations[" + i + "]",
                        operation.toString(),
                        OPERATIONS.stream().sorted().toList()));
            }
            i++;
        }
    }

    /** A list that must not be empty, in which a star stands alone. */
    private static void alone(JsonNode rule, String where, String field, String words, Causes causes) {
        List<String> values = texts(rule, field);
        if (values.isEmpty()) {
            causes.required(where + "." + field);
        } else if (values.size() > 1 && values.contains("*")) {
            causes.invalid(where + "." + field, rule.path(field), "if '*' is present, must not specify other " + words);
        }
    }

    private static List<String> texts(JsonNode rule, String field) {
        return Json.items(rule, field).stream().map(each -> each.asString("")).toList();
    }

    private static void resources(JsonNode rule, String path, Causes causes) {
        List<String> all = texts(rule, "resources");
        if (all.isEmpty()) {
            causes.required(path);
        }
        Set<String> wholly = new HashSet<>();
        Set<String> everywhere = new HashSet<>();
        boolean plain = false;
        for (int i = 0; i < all.size(); i++) {
            String each = all.get(i);
            String at = path + "[" + i + "]";
            int slash = each.indexOf('/');
            if (each.isEmpty()) {
                causes.required(at);
            } else if (slash < 0) {
                plain |= !each.equals("*");
            } else {
                String resource = each.substring(0, slash);
                String subresource = each.substring(slash + 1);
                if (wholly.contains(resource)) {
                    causes.invalid(at, each, List.of("if '" + resource + "/*' is present, must not specify " + each));
                }
                if (everywhere.contains(subresource)) {
                    causes.invalid(
                            at, each, List.of("if '*/" + subresource + "' is present, must not specify " + each));
                }
                if (subresource.equals("*")) {
                    wholly.add(resource);
                }
                if (resource.equals("*")) {
                    everywhere.add(subresource);
                }
            }
        }
        if (all.size() > 1 && all.contains("*/*")) {
            causes.invalid(path, rule.path("resources"), "if '*/*' is present, must not specify other resources");
        }
        if (all.contains("*") && plain) {
            causes.invalid(
                    path,
                    rule.path("resources"),
                    "if '*' is present, must not specify other resources without subresources");
        }
    }
}
