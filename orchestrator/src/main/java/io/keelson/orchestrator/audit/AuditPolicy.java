package io.keelson.orchestrator.audit;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How much is told of which request: the first rule that fits decides; of what fits none nothing is told.
 *
 * @param rules in their order
 */
public record AuditPolicy(List<Rule> rules) {

    private static final Set<String> POLICY_FIELDS =
            Set.of("apiVersion", "kind", "metadata", "omitManagedFields", "omitStages", "rules");
    private static final Set<String> RULE_FIELDS = Set.of(
            "level",
            "users",
            "userGroups",
            "verbs",
            "resources",
            "namespaces",
            "nonResourceURLs",
            "omitManagedFields",
            "omitStages");
    private static final Set<String> RESOURCE_FIELDS = Set.of("group", "resources", "resourceNames");

    /** Keeps its own copy. */
    public AuditPolicy {
        rules = List.copyOf(rules);
    }

    /** Which resources of a group a rule is about; all if none is listed. */
    record Resources(String group, List<String> resources, List<String> names) {

        boolean has(Access.ToObjects access) {
            return group.equals(access.group())
                    && (resources.isEmpty() || resources.stream().anyMatch(each -> fits(each, access)))
                    && (names.isEmpty() || names.contains(access.name()));
        }

        /** {@code pods}, {@code pods/log}, {@code pods/*}, {@code *}{@code /scale} or {@code *}. */
        private static boolean fits(String pattern, Access.ToObjects access) {
            if (pattern.equals("*") || pattern.equals(access.resource())) {
                return true;
            }
            boolean sub = !access.subresource().isEmpty();
            return sub && (pattern.equals(access.plural() + "/*") || pattern.equals("*/" + access.subresource()));
        }
    }

    /** One rule; a list that is empty fits all. */
    record Rule(
            Level level,
            List<String> users,
            List<String> groups,
            List<String> verbs,
            List<Resources> resources,
            List<String> namespaces,
            List<String> paths,
            Set<Stage> omitted,
            boolean managedFields) {

        boolean fits(User user, Access access) {
            return (users.isEmpty() || users.contains(user.name()))
                    && (groups.isEmpty() || user.groups().stream().anyMatch(groups::contains))
                    && switch (access) {
                        case Access.ToObjects objects -> fits(objects);
                        case Access.ToPath path -> fits(path);
                        case Access.ForNode node ->
                            fits(new Access.ToObjects(node.verb(), "", "nodes", "", node.node()));
                    };
        }

        private boolean fits(Access.ToObjects access) {
            return paths.isEmpty()
                    && (verbs.isEmpty() || verbs.contains(access.verb()))
                    && (namespaces.isEmpty() || namespaces.contains(access.namespace()))
                    && (resources.isEmpty() || resources.stream().anyMatch(each -> each.has(access)));
        }

        private boolean fits(Access.ToPath access) {
            return resources.isEmpty()
                    && namespaces.isEmpty()
                    && (verbs.isEmpty() || verbs.contains(access.verb()))
                    && (paths.isEmpty() || paths.stream().anyMatch(pattern -> covers(pattern, access.path())));
        }

        private static boolean covers(String pattern, String path) {
            return pattern.equals(path)
                    || (pattern.endsWith("*") && path.startsWith(pattern.substring(0, pattern.length() - 1)));
        }
    }

    /**
     * What is told of a request, and at which moments not.
     *
     * @param level how much
     * @param omitted the moments of which nothing is told
     * @param managedFields whether bodies are told with the record of who owns what
     */
    public record Wanted(Level level, Set<Stage> omitted, boolean managedFields) {

        /** Nothing. */
        public static final Wanted NOTHING = new Wanted(Level.NONE, Set.of(), true);

        /** Whether something is told at this moment. */
        public boolean tells(Stage stage) {
            return level != Level.NONE && !omitted.contains(stage);
        }
    }

    /** How much is told of this. */
    public Wanted of(User user, Access access) {
        return rules.stream()
                .filter(rule -> rule.fits(user, access))
                .findFirst()
                .map(rule -> new Wanted(rule.level(), rule.omitted(), rule.managedFields()))
                .orElse(Wanted.NOTHING);
    }

    /**
     * Reads a policy.
     *
     * @throws IllegalArgumentException if it is none; the message names the field and the reason
     */
    public static AuditPolicy parse(ObjectNode policy) {
        String kind = Json.string(policy, "kind").orElse("");
        String version = Json.string(policy, "apiVersion").orElse("");
        if (!kind.equals("Policy") || !version.equals("audit.k8s.io/v1")) {
            throw new IllegalArgumentException("a Policy of audit.k8s.io/v1 is expected, not kind \"" + kind
                    + "\" of apiVersion \"" + version + "\"");
        }
        known(policy, "", POLICY_FIELDS);
        Set<Stage> everywhere = stages(policy, "omitStages");
        boolean managedFields = !policy.path("omitManagedFields").booleanValue(false);
        List<Rule> rules = new ArrayList<>();
        for (JsonNode rule : Json.items(policy, "rules")) {
            rules.add(rule(rule, "rules[" + rules.size() + "]", everywhere, managedFields));
        }
        if (rules.isEmpty()) {
            throw new IllegalArgumentException("rules: Required value: a policy without rules would tell nothing");
        }
        return new AuditPolicy(rules);
    }

    /** A field that is written wrong would widen its rule without a word. */
    private static void known(JsonNode object, String path, Set<String> fields) {
        for (var entry : object.properties()) {
            if (!fields.contains(entry.getKey())) {
                throw new IllegalArgumentException("unknown field \"" + path + entry.getKey() + "\"");
            }
        }
    }

    private static void paths(List<String> paths, String path) {
        for (int i = 0; i < paths.size(); i++) {
            String each = paths.get(i);
            String at = path + ".nonResourceURLs[" + i + "]: Invalid value: \"" + each + "\": ";
            if (!each.equals("*") && !each.startsWith("/")) {
                throw new IllegalArgumentException(at + "non-resource URL rules must begin with a '/' character");
            }
            if (each.indexOf('*') >= 0 && each.indexOf('*') < each.length() - 1) {
                throw new IllegalArgumentException(
                        at + "non-resource URL wildcards '*' must be the final character of the path");
            }
        }
    }

    private static Rule rule(JsonNode rule, String path, Set<Stage> everywhere, boolean managedFields) {
        known(rule, path + ".", RULE_FIELDS);
        String word = Json.string(rule, "level").orElse("");
        Level level = List.of(Level.values()).stream()
                .filter(each -> each.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(path + ".level: Unsupported value: \"" + word
                        + "\": supported values: \"Metadata\", \"None\", \"Request\", \"RequestResponse\""));
        List<Resources> resources = new ArrayList<>();
        for (JsonNode each : Json.items(rule, "resources")) {
            known(each, path + ".resources[" + resources.size() + "].", RESOURCE_FIELDS);
            resources.add(new Resources(
                    Json.string(each, "group").orElse(""), texts(each, "resources"), texts(each, "resourceNames")));
        }
        List<String> paths = texts(rule, "nonResourceURLs");
        if (!paths.isEmpty()
                && !(resources.isEmpty() && texts(rule, "namespaces").isEmpty())) {
            throw new IllegalArgumentException(
                    path
                            + ".nonResourceURLs: Invalid value: rules cannot apply to both regular resources and non-resource URLs");
        }
        paths(paths, path);
        Set<Stage> omitted = new TreeSet<>(everywhere);
        omitted.addAll(stages(rule, "omitStages"));
        return new Rule(
                level,
                texts(rule, "users"),
                texts(rule, "userGroups"),
                texts(rule, "verbs"),
                resources,
                texts(rule, "namespaces"),
                paths,
                omitted,
                Json.at(rule, "omitManagedFields")
                        .map(omit -> !omit.booleanValue(false))
                        .orElse(managedFields));
    }

    private static Set<Stage> stages(JsonNode from, String field) {
        Set<Stage> stages = new TreeSet<>();
        for (String word : texts(from, field)) {
            stages.add(List.of(Stage.values()).stream()
                    .filter(each -> each.word().equals(word))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            field + ": Unsupported value: \"" + word + "\": supported values: \"Panic\","
                                    + " \"RequestReceived\", \"ResponseComplete\", \"ResponseStarted\"")));
        }
        return stages;
    }

    private static List<String> texts(JsonNode from, String field) {
        return Json.items(from, field).stream().map(each -> each.asString("")).toList();
    }
}
