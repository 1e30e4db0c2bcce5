package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.text;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The printer of HorizontalPodAutoscalers: one for both versions, for both say the same. */
final class AutoscalerPrinter {

    private static final int MAX_METRICS = 2;
    private static final String UNKNOWN = "<unknown>";
    private static final List<Printer.Column> COLUMNS =
            List.of(NAME, text("Reference"), text("Targets"), text("MinPods"), text("MaxPods"), text("Replicas"), AGE);

    static final Printer V2 = new Printer(COLUMNS, AutoscalerPrinter::print);
    static final Printer V1 =
            new Printer(COLUMNS, (autoscaler, now, cells) -> print(AutoscalerConversion.toV2(autoscaler), now, cells));

    private AutoscalerPrinter() {}

    private static void print(ObjectNode autoscaler, Instant now, ArrayNode cells) {
        JsonNode target = autoscaler.path("spec").path("scaleTargetRef");
        cells.add(Printers.name(autoscaler))
                .add(target.path("kind").asString("") + "/"
                        + target.path("name").asString(""))
                .add(targets(autoscaler))
                .add(autoscaler.path("spec").path("minReplicas").asString("<unset>"))
                .add(Printers.count(autoscaler, "spec", "maxReplicas"))
                .add(Printers.count(autoscaler, "status", "currentReplicas"))
                .add(Printers.age(autoscaler, now));
    }

    private static String targets(ObjectNode autoscaler) {
        List<JsonNode> wanted = Json.items(autoscaler, "spec", "metrics");
        List<JsonNode> current = Json.items(autoscaler, "status", "currentMetrics");
        List<String> shown = new ArrayList<>();
        for (int i = 0; i < Math.min(MAX_METRICS, wanted.size()); i++) {
            shown.add(metric(wanted.get(i), i < current.size() ? current.get(i) : Json.object()));
        }
        String more = wanted.size() > MAX_METRICS ? " + " + (wanted.size() - MAX_METRICS) + " more..." : "";
        return shown.isEmpty() ? Printers.NONE : String.join(", ", shown) + more;
    }

    private static String metric(JsonNode wanted, JsonNode current) {
        String type = wanted.path("type").asString("");
        String source = type.isEmpty() ? "" : Character.toLowerCase(type.charAt(0)) + type.substring(1);
        JsonNode target = wanted.path(source).path("target");
        JsonNode now = current.path(source).path("current");
        boolean resource = type.equals("Resource") || type.equals("ContainerResource");
        String prefix = resource ? wanted.path(source).path("name").asString("") + ": " : "";
        if (target.has("averageValue")) {
            String value = now.path("averageValue").asString(UNKNOWN) + "/"
                    + target.path("averageValue").asString("");
            return prefix + value + (resource || type.equals("Pods") ? "" : " (avg)");
        }
        if (resource) {
            String percent = now.has("averageUtilization")
                    ? now.path("averageUtilization").asString("") + "%"
                    : UNKNOWN;
            return prefix + percent + "/" + target.path("averageUtilization").asString("<auto>") + "%";
        }
        return now.path("value").asString(UNKNOWN) + "/" + target.path("value").asString("");
    }
}
