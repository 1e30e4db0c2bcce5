package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.number;
import static io.keelson.orchestrator.kind.Printer.Column.text;
import static io.keelson.orchestrator.kind.Printers.age;
import static io.keelson.orchestrator.kind.Printers.name;

import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The printers of the kinds that bound pods and what they use. */
final class BoundsPrinters {

    static final Printer DISRUPTION_BUDGET = new Printer(
            List.of(NAME, text("Min Available"), text("Max Unavailable"), number("Allowed Disruptions"), AGE),
            (budget, now, cells) -> cells.add(name(budget))
                    .add(amount(budget, "minAvailable"))
                    .add(amount(budget, "maxUnavailable"))
                    .add(Printers.count(budget, "status", "disruptionsAllowed"))
                    .add(age(budget, now)));

    static final Printer PRIORITY_CLASS = new Printer(
            List.of(
                    NAME,
                    number("Value"),
                    new Printer.Column("Global-Default", "boolean", "", 0),
                    AGE,
                    text("PreemptionPolicy")),
            (priorityClass, now, cells) -> cells.add(name(priorityClass))
                    .add(Json.number(priorityClass, "value").orElse(0L))
                    .add(priorityClass.path("globalDefault").asBoolean(false))
                    .add(age(priorityClass, now))
                    .add(Json.string(priorityClass, "preemptionPolicy").orElse("")));

    static final Printer RUNTIME_CLASS = new Printer(
            List.of(NAME, text("Handler"), AGE),
            (runtimeClass, now, cells) -> cells.add(name(runtimeClass))
                    .add(Json.string(runtimeClass, "handler").orElse(""))
                    .add(age(runtimeClass, now)));

    static final Printer RESOURCE_QUOTA =
            new Printer(List.of(NAME, text("Request"), text("Limit"), AGE), (quota, now, cells) -> {
                StringJoiner requests = new StringJoiner(", ");
                StringJoiner limits = new StringJoiner(", ");
                amounts(quota).forEach((resource, hard) -> {
                    String used =
                            quota.path("status").path("used").path(resource).asString("0");
                    (resource.startsWith("limits.") ? limits : requests)
                            .add(resource + ": " + used + "/" + hard.asString(""));
                });
                cells.add(name(quota))
                        .add(requests.toString())
                        .add(limits.toString())
                        .add(age(quota, now));
            });

    static final Printer LIMIT_RANGE = Printers.ANY;

    static final Printer COMPONENT_STATUS =
            new Printer(List.of(NAME, text("Status"), text("Message"), text("Error")), (component, now, cells) -> {
                JsonNode healthy = Json.items(component, "conditions").stream()
                        .filter(condition -> condition.path("type").asString("").equals("Healthy"))
                        .findFirst()
                        .orElseGet(Json::object);
                cells.add(name(component))
                        .add(
                                switch (healthy.path("status").asString("")) {
                                    case "True" -> "Healthy";
                                    case "False" -> "Unhealthy";
                                    default -> "Unknown";
                                })
                        .add(healthy.path("message").asString(""))
                        .add(healthy.path("error").asString(""));
            });

    private BoundsPrinters() {}

    private static String amount(ObjectNode budget, String field) {
        return Json.at(budget, "spec", field).map(JsonNode::asString).orElse("N/A");
    }

    private static Map<String, JsonNode> amounts(ObjectNode quota) {
        Map<String, JsonNode> amounts = new TreeMap<>();
        quota.path("spec").path("hard").properties().forEach(amount -> amounts.put(amount.getKey(), amount.getValue()));
        return amounts;
    }
}
