package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One rule of a role: what may be done to what. Rules only add up; none forbids.
 *
 * @param verbs such as {@code get}; {@code *} is all
 * @param apiGroups empty text for core; {@code *} is all
 * @param resources such as {@code pods}, {@code pods/log}, {@code *}{@code /scale}; {@code *} is all with their subresources
 * @param resourceNames the only objects that it is about; all if empty
 * @param nonResourceUrls paths that are no objects'; one may end with {@code *}
 */
public record PolicyRule(
        List<String> verbs,
        List<String> apiGroups,
        List<String> resources,
        List<String> resourceNames,
        List<String> nonResourceUrls) {

    private static final String ALL = "*";

    /** Keeps its own copies. */
    public PolicyRule {
        verbs = List.copyOf(verbs);
        apiGroups = List.copyOf(apiGroups);
        resources = List.copyOf(resources);
        resourceNames = List.copyOf(resourceNames);
        nonResourceUrls = List.copyOf(nonResourceUrls);
    }

    /** About resources of one group. */
    public static PolicyRule of(String group, List<String> resources, String... verbs) {
        return new PolicyRule(List.of(verbs), List.of(group), resources, List.of(), List.of());
    }

    /** About paths. */
    public static PolicyRule ofPaths(List<String> paths, String... verbs) {
        return new PolicyRule(List.of(verbs), List.of(), List.of(), List.of(), paths);
    }

    /** The same about these objects only. */
    public PolicyRule named(String... names) {
        return new PolicyRule(verbs, apiGroups, resources, List.of(names), nonResourceUrls);
    }

    /** The rules in a Role or ClusterRole. */
    public static List<PolicyRule> listOf(ObjectNode role) {
        List<PolicyRule> rules = new ArrayList<>();
        Json.items(role, "rules").forEach(rule -> rules.add(parse(rule)));
        return List.copyOf(rules);
    }

    /** One rule as it stands in a role; what is no list of text is left out. */
    public static PolicyRule parse(JsonNode rule) {
        return new PolicyRule(
                texts(rule, "verbs"),
                texts(rule, "apiGroups"),
                texts(rule, "resources"),
                texts(rule, "resourceNames"),
                texts(rule, "nonResourceURLs"));
    }

    private static List<String> texts(JsonNode rule, String field) {
        return Json.items(rule, field).stream()
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .toList();
    }

    /** The rule as it stands in a role; lists that are empty are left out. */
    public ObjectNode json() {
        ObjectNode rule = Json.object();
        put(rule, "apiGroups", apiGroups);
        put(rule, "nonResourceURLs", nonResourceUrls);
        put(rule, "resourceNames", resourceNames);
        put(rule, "resources", resources);
        put(rule, "verbs", verbs);
        return rule;
    }

    private static void put(ObjectNode rule, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode list = rule.putArray(field);
            values.forEach(list::add);
        }
    }

    /** Whether this rule lets somebody do that. */
    public boolean allows(Access access) {
        return switch (access) {
            case Access.ToObjects objects -> allows(objects);
            case Access.ToPath path ->
                has(verbs, path.verb())
                        && nonResourceUrls.stream().anyMatch(pattern -> pathCovers(pattern, path.path()));
            case Access.ForNode _ -> false;
        };
    }

    private boolean allows(Access.ToObjects access) {
        return has(verbs, access.verb())
                && has(apiGroups, access.group())
                && resourceMatches(access.resource())
                && (resourceNames.isEmpty() || resourceNames.contains(access.name()));
    }

    private boolean resourceMatches(String wanted) {
        if (has(resources, wanted)) {
            return true;
        }
        int slash = wanted.indexOf('/');
        return slash >= 0 && resources.contains(ALL + wanted.substring(slash));
    }

    private static boolean has(List<String> values, String wanted) {
        return values.contains(wanted) || values.contains(ALL);
    }

    private static boolean hasAll(List<String> values, List<String> wanted) {
        return values.contains(ALL) || values.containsAll(wanted);
    }

    private static boolean pathCovers(String pattern, String path) {
        return pattern.equals(path)
                || (pattern.endsWith(ALL) && path.startsWith(pattern.substring(0, pattern.length() - 1)));
    }

    /** Whether who has this rule alone may do all that another one allows. */
    public boolean covers(PolicyRule other) {
        return hasAll(verbs, other.verbs)
                && hasAll(apiGroups, other.apiGroups)
                && other.resources.stream().allMatch(this::resourceMatches)
                && other.nonResourceUrls.stream()
                        .allMatch(path -> nonResourceUrls.stream().anyMatch(pattern -> pathCovers(pattern, path)))
                && (resourceNames.isEmpty()
                        || (!other.resourceNames.isEmpty() && resourceNames.containsAll(other.resourceNames)));
    }

    /** The rule as many rules of one verb, group, resource, name or path each: all of them allow what this one does. */
    public List<PolicyRule> brokenDown() {
        List<PolicyRule> parts = new ArrayList<>();
        for (String verb : verbs) {
            for (String group : apiGroups) {
                for (String resource : resources) {
                    PolicyRule part = of(group, List.of(resource), verb);
                    if (resourceNames.isEmpty()) {
                        parts.add(part);
                    }
                    resourceNames.forEach(name -> parts.add(part.named(name)));
                }
            }
            nonResourceUrls.forEach(path -> parts.add(ofPaths(List.of(path), verb)));
        }
        return parts;
    }

    /** As Kubernetes' messages name it: {@code {APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}}. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        describe(parts, "APIGroups", apiGroups);
        describe(parts, "Resources", resources);
        describe(parts, "NonResourceURLs", nonResourceUrls);
        describe(parts, "ResourceNames", resourceNames);
        describe(parts, "Verbs", verbs);
        return "{" + String.join(", ", parts) + "}";
    }

    private static void describe(List<String> parts, String field, List<String> values) {
        if (!values.isEmpty()) {
            parts.add(field + ":" + Quoted.list(values));
        }
    }
}
