package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.NAME;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The kinds of {@code metrics.k8s.io/v1beta1}. They are in no table, for their objects are not stored: they are measured when somebody asks.
 * Columns and forms of amounts are those of Kubernetes' metrics server.
 */
public final class MetricsKinds {

    /** The group of all. */
    public static final String GROUP = "metrics.k8s.io";

    /** Their version. */
    public static final String VERSION = "v1beta1";

    private static final int NANO = 9;
    private static final int KIBI = 1024;
    private static final long MILLIS_OF_SECOND = 1000;
    private static final long SECONDS_OF_MINUTE = 60;

    private static final List<Printer.Column> COLUMNS = List.of(
            NAME,
            new Printer.Column("cpu", "string", "quantity", 0),
            new Printer.Column("memory", "string", "quantity", 0),
            new Printer.Column("Window", "string", "duration", 0));

    /** What a node uses. */
    public static final Kind NODE = Kind.named(GROUP, VERSION, "NodeMetrics", "nodes")
            .clusterScoped()
            .verbs("get", "list")
            .strategy(Strategy.PLAIN.withPrinter(new Printer(
                    COLUMNS,
                    (node, _, cells) -> cells.add(text(node, "metadata", "name"))
                            .add(text(node, "usage", "cpu"))
                            .add(text(node, "usage", "memory"))
                            .add(text(node, "window")))))
            .build();

    /** What the containers of a pod use. */
    public static final Kind POD = Kind.named(GROUP, VERSION, "PodMetrics", "pods")
            .verbs("get", "list")
            .strategy(Strategy.PLAIN.withPrinter(new Printer(
                    COLUMNS,
                    (pod, _, cells) -> cells.add(text(pod, "metadata", "name"))
                            .add(cores(sum(pod, "cpu").movePointRight(NANO).longValue()))
                            .add(bytes(sum(pod, "memory").longValue()))
                            .add(text(pod, "window")))))
            .build();

    static final List<Kind> ALL = List.of(NODE, POD);

    private static final String TYPES = "io.k8s.metrics.pkg.apis.metrics.v1beta1.";

    private static final String MEASURED = """
            "timestamp": {"type": "string", "format": "date-time",
                          "description": "When the measured interval ended."},
            "window": {"type": "string",
                       "description": "How long the measured interval was, such as 15.2s."}""";

    private static final String USAGE = """
            "usage": {"type": "object",
                      "description": "What was used in the interval on average: cpu in cores, memory in bytes.",
                      "additionalProperties": {"$ref": "io.k8s.apimachinery.pkg.api.resource.Quantity"}}""";

    private static final String NODE_TYPES = """
            {"NodeMetrics": {"description": "What a node uses, all that runs on it together.",
                             "properties": {%s, %s}, "required": ["timestamp", "window", "usage"]},
             "NodeMetricsList": {"description": "What nodes use.",
                                 "properties": {"items": {"type": "array", "description": "One for each node that answers.",
                                   "items": {"$ref": "%sNodeMetrics"}}}, "required": ["items"]}}""".formatted(MEASURED, USAGE, TYPES);

    private static final String POD_TYPES = """
            {"ContainerMetrics": {"description": "What a container uses.",
                                  "properties": {"name": {"type": "string", "description": "Its name in the pod."}, %2$s},
                                  "required": ["name", "usage"]},
             "PodMetrics": {"description": "What the containers of a pod use.",
                            "properties": {%1$s, "containers": {"type": "array",
                              "description": "One for each container, measured in the same interval.",
                              "items": {"$ref": "%3$sContainerMetrics"}}}, "required": ["timestamp", "window", "containers"]},
             "PodMetricsList": {"description": "What pods use.",
                                "properties": {"items": {"type": "array", "description": "One for each pod that runs.",
                                  "items": {"$ref": "%3$sPodMetrics"}}}, "required": ["items"]}}""".formatted(MEASURED, USAGE, TYPES);

    private MetricsKinds() {}

    private static String text(ObjectNode object, String... path) {
        return Json.string(object, path).orElse("");
    }

    private static BigDecimal sum(ObjectNode pod, String resource) {
        return Json.items(pod, "containers").stream()
                .flatMap(container -> Json.at(container, "usage", resource).flatMap(Quantity::parse).stream())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    /** An amount of computing, in the largest unit in which it is whole. */
    public static String cores(long nanocores) {
        long amount = nanocores;
        for (String unit : List.of("n", "u", "m")) {
            if (amount % MILLIS_OF_SECOND != 0) {
                return amount + unit;
            }
            amount /= MILLIS_OF_SECOND;
        }
        return Long.toString(amount);
    }

    /** An amount of memory, rounded down to whole kibibytes, in the largest unit in which that is whole. */
    public static String bytes(long bytes) {
        long amount = bytes / KIBI;
        if (amount == 0) {
            return "0";
        }
        for (String unit : List.of("Ki", "Mi", "Gi")) {
            if (amount % KIBI != 0) {
                return amount + unit;
            }
            amount /= KIBI;
        }
        return amount + "Ti";
    }

    /** A span of time as Go writes it, such as {@code 1m0.5s}. */
    public static String duration(long millis) {
        long minutes = millis / MILLIS_OF_SECOND / SECONDS_OF_MINUTE;
        long rest = millis - minutes * SECONDS_OF_MINUTE * MILLIS_OF_SECOND;
        BigDecimal seconds = new BigDecimal(BigInteger.valueOf(rest), 3).stripTrailingZeros();
        return (minutes == 0 ? "" : minutes + "m") + seconds.toPlainString() + "s";
    }

    /** The name of the type of a kind, as the others are named. */
    static String type(Kind kind) {
        return TYPES + kind.kind();
    }

    /** The types of objects and lists of a kind, and of what they hold, by their names. */
    static Map<String, ObjectNode> definitions(Kind kind) {
        ObjectNode definitions = Json.parse(kind.equals(NODE) ? NODE_TYPES : POD_TYPES);
        Map<String, ObjectNode> named = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> each : definitions.properties()) {
            ObjectNode definition = (ObjectNode) each.getValue();
            definition.put("type", "object");
            if (each.getKey().startsWith(kind.kind())) {
                complete(definition, each.getKey());
            }
            named.put(TYPES + each.getKey(), definition);
        }
        return named;
    }

    /** What all objects and lists have. */
    private static void complete(ObjectNode definition, String kind) {
        definition
                .putArray("x-kubernetes-group-version-kind")
                .addObject()
                .put("group", GROUP)
                .put("version", VERSION)
                .put("kind", kind);
        String list = kind.toLowerCase(Locale.ROOT).endsWith("list") ? "ListMeta" : "ObjectMeta";
        ObjectNode properties = Json.child(definition, "properties");
        properties.putObject("apiVersion").put("type", "string").put("description", "The version of the schema.");
        properties.putObject("kind").put("type", "string").put("description", "What this is.");
        properties
                .putObject("metadata")
                .put("description", "What all objects have.")
                .put("$ref", "io.k8s.apimachinery.pkg.apis.meta.v1." + list);
    }
}
