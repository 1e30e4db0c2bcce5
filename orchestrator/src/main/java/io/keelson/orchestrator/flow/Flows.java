package io.keelson.orchestrator.flow;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.ServiceAccounts;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * All FlowSchemas and PriorityLevelConfigurations: which request belongs to which flow of which level. A value that changes: its owner
 * sees to it that nobody reads while it does.
 */
public final class Flows {

    /** The API group of both kinds. */
    public static final String GROUP = "flowcontrol.apiserver.k8s.io";

    /** The level of what no schema takes. */
    public static final String CATCH_ALL = "catch-all";

    private static final long DEFAULT_SHARES = 30;
    private static final int DEFAULT_QUEUES = 64;
    private static final int DEFAULT_QUEUE_LENGTH = 50;

    /**
     * A priority level.
     *
     * @param uid of the object
     * @param exempt whether it is without any limit
     * @param shares its part of all seats, by the sum of all levels' shares
     * @param maxOfFlow how many of one flow may wait
     * @param maxOfAll how many may wait altogether; 0 if nobody waits
     */
    public record Level(String name, String uid, boolean exempt, long shares, int maxOfFlow, int maxOfAll) {

        static Level parse(String name, ObjectNode object) {
            boolean exempt = Json.string(object, "spec", "type").orElse("").equals("Exempt");
            JsonNode limited = object.path("spec").path("limited");
            JsonNode queuing = limited.path("limitResponse").path("queuing");
            boolean queues = Json.string(limited, "limitResponse", "type")
                    .orElse("Queue")
                    .equals("Queue");
            int length = (int) (long) Json.number(queuing, "queueLengthLimit").orElse((long) DEFAULT_QUEUE_LENGTH);
            int count = (int) (long) Json.number(queuing, "queues").orElse((long) DEFAULT_QUEUES);
            return new Level(
                    name,
                    Json.string(object, "metadata", "uid").orElse(""),
                    exempt,
                    Json.number(limited, "nominalConcurrencyShares").orElse(DEFAULT_SHARES),
                    queues ? length : 0,
                    queues ? (int) Math.min(Integer.MAX_VALUE, (long) length * count) : 0);
        }
    }

    /** A schema that has been read. */
    private record Schema(
            String name, String uid, long precedence, String level, String distinguisher, JsonNode rules) {}

    /**
     * Where a request belongs.
     *
     * @param schema name of the FlowSchema; {@link #CATCH_ALL} if none took it
     * @param schemaUid of the FlowSchema; empty if none took it
     * @param level with how many seats
     * @param seats of the level
     * @param flow which of the level's flows
     */
    public record Place(String schema, String schemaUid, Level level, int seats, String flow) {}

    private final Map<String, Level> levels = new HashMap<>();
    private final Map<String, Schema> schemas = new HashMap<>();
    private List<Schema> ordered = List.of();

    /** Learns of an object, or that it changed. */
    public void set(String resource, String name, ObjectNode object) {
        if (resource.equals("prioritylevelconfigurations")) {
            levels.put(name, Level.parse(name, object));
        } else if (resource.equals("flowschemas")) {
            JsonNode spec = object.path("spec");
            schemas.put(
                    name,
                    new Schema(
                            name,
                            Json.string(object, "metadata", "uid").orElse(""),
                            Json.number(spec, "matchingPrecedence").orElse(1_000L),
                            Json.string(spec, "priorityLevelConfiguration", "name")
                                    .orElse(""),
                            Json.string(spec, "distinguisherMethod", "type").orElse(""),
                            spec.path("rules")));
            order();
        }
    }

    /** Forgets an object. */
    public void forget(String resource, String name) {
        if (resource.equals("prioritylevelconfigurations")) {
            levels.remove(name);
        } else if (resource.equals("flowschemas")) {
            schemas.remove(name);
            order();
        }
    }

    private void order() {
        List<Schema> all = new ArrayList<>(schemas.values());
        all.sort(Comparator.comparingLong(Schema::precedence).thenComparing(Schema::name));
        ordered = all;
    }

    /**
     * Where a request belongs: the schema of the lowest precedence that fits decides; one whose level is not there is passed over.
     *
     * @param allSeats of all levels together
     */
    public Place place(User user, Access access, int allSeats) {
        for (Schema schema : ordered) {
            Level level = levels.get(schema.level());
            if (level != null && fits(schema.rules(), user, access)) {
                return new Place(
                        schema.name(),
                        schema.uid(),
                        level,
                        seats(level, allSeats),
                        schema.name() + "/" + distinguisher(schema.distinguisher(), user, access));
            }
        }
        Level rest = Optional.ofNullable(levels.get(CATCH_ALL))
                .orElse(new Level(CATCH_ALL, "", false, DEFAULT_SHARES, DEFAULT_QUEUE_LENGTH, DEFAULT_QUEUE_LENGTH));
        return new Place(CATCH_ALL, "", rest, seats(rest, allSeats), user.name());
    }

    /** Its part of all seats, but at least one. */
    private int seats(Level level, int allSeats) {
        long sum = levels.values().stream()
                .filter(each -> !each.exempt())
                .mapToLong(Level::shares)
                .sum();
        return (int) Math.max(1, Math.ceilDiv(level.shares() * allSeats, Math.max(sum, Math.max(1, level.shares()))));
    }

    private static String distinguisher(String method, User user, Access access) {
        return switch (method) {
            case "ByUser" -> user.name();
            case "ByNamespace" -> access instanceof Access.ToObjects objects ? objects.namespace() : "";
            default -> "";
        };
    }

    private static boolean fits(JsonNode rules, User user, Access access) {
        for (JsonNode rule : rules) {
            boolean who = Json.items(rule, "subjects").stream().anyMatch(subject -> is(subject, user));
            if (who && fits(rule, access)) {
                return true;
            }
        }
        return false;
    }

    private static boolean is(JsonNode subject, User user) {
        return switch (Json.string(subject, "kind").orElse("")) {
            case "User" -> matches(Json.string(subject, "user", "name"), user.name());
            case "Group" ->
                Json.string(subject, "group", "name")
                        .filter(name -> name.equals("*") || user.groups().contains(name))
                        .isPresent();
            case "ServiceAccount" ->
                ServiceAccounts.ofUserName(user.name())
                        .filter(account -> Json.string(subject, "serviceAccount", "namespace")
                                        .filter(account.namespace()::equals)
                                        .isPresent()
                                && matches(Json.string(subject, "serviceAccount", "name"), account.name()))
                        .isPresent();
            default -> false;
        };
    }

    private static boolean matches(Optional<String> pattern, String name) {
        return pattern.filter(each -> each.equals("*") || each.equals(name)).isPresent();
    }

    private static boolean fits(JsonNode rule, Access access) {
        return switch (access) {
            case Access.ToObjects objects ->
                Json.items(rule, "resourceRules").stream().anyMatch(each -> fits(each, objects));
            case Access.ToPath path ->
                Json.items(rule, "nonResourceRules").stream()
                        .anyMatch(each -> has(each, "verbs", path.verb()) && hasPath(each, path.path()));
            case Access.ForNode node -> fits(rule, new Access.ToObjects(node.verb(), "", "nodes", "", node.node()));
        };
    }

    private static boolean fits(JsonNode rule, Access.ToObjects access) {
        boolean where = access.namespace().isEmpty()
                ? Json.at(rule, "clusterScope")
                                .filter(flag -> flag.booleanValue(false))
                                .isPresent()
                        || has(rule, "namespaces", "*")
                : has(rule, "namespaces", access.namespace());
        return where
                && has(rule, "verbs", access.verb())
                && has(rule, "apiGroups", access.group())
                && has(rule, "resources", access.resource());
    }

    private static boolean has(JsonNode rule, String field, String wanted) {
        for (JsonNode each : Json.items(rule, field)) {
            String value = each.asString("");
            if (value.equals("*") || value.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasPath(JsonNode rule, String path) {
        for (JsonNode each : Json.items(rule, "nonResourceURLs")) {
            String pattern = each.asString("");
            boolean prefix = pattern.endsWith("*") && path.startsWith(pattern.substring(0, pattern.length() - 1));
            if (prefix || pattern.equals(path)) {
                return true;
            }
        }
        return false;
    }
}
