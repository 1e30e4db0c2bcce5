package io.keelson.orchestrator.kind;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The older paths by which a watch is asked for, such as {@code /api/v1/watch/pods}, in the form of OpenAPI 3. Kubernetes has them for its own
 * kinds, and says of each that it is deprecated.
 */
final class WatchPaths {

    /** The type of what such a path answers with. */
    static final String EVENT = "io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent";

    private static final String REF = "#/components/schemas/";
    private static final String ONE_LABEL_MORE = ".k8s.io";

    private static final List<String> ANSWERS = List.of(
            "application/json",
            "application/json;stream=watch",
            "application/vnd.kubernetes.protobuf",
            "application/vnd.kubernetes.protobuf;stream=watch");

    /** A parameter of the query. */
    private record Parameter(String name, String type, String description) {}

    private static final List<Parameter> PARAMETERS = List.of(
            new Parameter(
                    "allowWatchBookmarks", "boolean", "whether to send the revision when nothing else is to be sent"),
            new Parameter("continue", "string", "not for a watch"),
            new Parameter("fieldSelector", "string", "only objects whose fields are so"),
            new Parameter("labelSelector", "string", "only objects whose labels are so"),
            new Parameter("limit", "integer", "not for a watch"),
            new Parameter("pretty", "string", "whether to write in lines"),
            new Parameter("resourceVersion", "string", "the revision after which to begin"),
            new Parameter("resourceVersionMatch", "string", "NotOlderThan, if sendInitialEvents is given"),
            new Parameter(
                    "sendInitialEvents", "boolean", "whether to begin with the objects that there are, and a bookmark"),
            new Parameter("timeoutSeconds", "integer", "how long to watch"),
            new Parameter("watch", "boolean", "said by the path already"));

    private WatchPaths() {}

    /** Whether there are such paths for a kind. */
    static boolean has(Kind kind) {
        return kind.custom().isEmpty() && kind.verbs().contains("watch");
    }

    /** Adds the paths of a kind under {@code root}, such as {@code apis/apps/v1}. */
    static void add(ObjectNode paths, String root, Kind kind) {
        String all = "/" + root + "/watch/" + kind.resource();
        if (kind.namespaced()) {
            String inside = "/" + root + "/watch/namespaces/{namespace}/" + kind.resource();
            item(paths, all, kind, "watchlist", "ListForAllNamespaces");
            item(paths, inside, kind, "watchlist", "List");
            item(paths, inside + "/{name}", kind, "watch", "");
        } else {
            item(paths, all, kind, "watchlist", "List");
            item(paths, all + "/{name}", kind, "watch", "");
        }
    }

    /** The parameters of the query, as every path has them. */
    static ArrayNode parameters() {
        ArrayNode parameters = Json.array();
        for (Parameter each : PARAMETERS) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", each.name()).put("in", "query").put("description", each.description());
            parameter.putObject("schema").put("type", each.type()).put("uniqueItems", true);
        }
        return parameters;
    }

    private static void item(ObjectNode paths, String path, Kind kind, String action, String suffix) {
        ObjectNode item = paths.putObject(path);
        ArrayNode parameters = parameters();
        if (path.endsWith("{name}")) {
            inPath(parameters, "name", "name of the " + kind.kind());
        }
        boolean inNamespace = path.contains("{namespace}");
        if (inNamespace) {
            inPath(parameters, "namespace", "namespace of the object");
        }
        item.set("parameters", parameters);
        ObjectNode get = item.putObject("get");
        get.put("description", action.equals("watch") ? ofOne(kind) : ofMany(kind));
        get.put("operationId", "watch" + title(kind) + (inNamespace ? "Namespaced" : "") + kind.kind() + suffix);
        get.putArray("tags").add(tag(kind));
        ObjectNode content = get.putObject("responses")
                .putObject("200")
                .put("description", "OK")
                .putObject("content");
        ANSWERS.forEach(type -> content.putObject(type).putObject("schema").put("$ref", REF + EVENT));
        get.put("x-kubernetes-action", action);
        get.putObject("x-kubernetes-group-version-kind")
                .put("group", kind.group())
                .put("version", kind.version())
                .put("kind", kind.kind());
    }

    private static void inPath(ArrayNode parameters, String name, String description) {
        ObjectNode parameter = parameters.addObject();
        parameter
                .put("name", name)
                .put("in", "path")
                .put("description", description)
                .put("required", true);
        parameter.putObject("schema").put("type", "string").put("uniqueItems", true);
    }

    private static String ofMany(Kind kind) {
        return "watch individual changes to a list of " + kind.kind()
                + ". deprecated: use the 'watch' parameter with a list operation instead.";
    }

    private static String ofOne(Kind kind) {
        return "watch changes to an object of kind " + kind.kind()
                + ". deprecated: use the 'watch' parameter with a list operation instead, filtered to a single item with the"
                + " 'fieldSelector' parameter.";
    }

    private static List<String> labels(Kind kind) {
        if (kind.group().isEmpty()) {
            return List.of("core");
        }
        String group = kind.group();
        String own =
                group.endsWith(ONE_LABEL_MORE) ? group.substring(0, group.length() - ONE_LABEL_MORE.length()) : group;
        return Arrays.asList(own.split("\\.", -1));
    }

    /** Such as {@code RbacAuthorizationV1}. */
    private static String title(Kind kind) {
        return labels(kind).stream().map(WatchPaths::capital).collect(Collectors.joining()) + capital(kind.version());
    }

    private static String capital(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    /** Such as {@code rbacAuthorization_v1}. */
    private static String tag(Kind kind) {
        String joined = labels(kind).stream().map(WatchPaths::capital).collect(Collectors.joining());
        return joined.substring(0, 1).toLowerCase(Locale.ROOT) + joined.substring(1) + "_" + kind.version();
    }

    /** The type of an event. */
    static ObjectNode event() {
        ObjectNode event = Json.object().put("type", "object");
        event.put("description", "What happened to one object that is watched.");
        event.putArray("required").add("type").add("object");
        ObjectNode properties = event.putObject("properties");
        properties
                .putObject("type")
                .put("type", "string")
                .put("description", "ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.");
        properties
                .putObject("object")
                .put("type", "object")
                .put("description", "The object; for a bookmark only its revision, for an error a Status.");
        return event;
    }
}
