package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.number;
import static io.keelson.orchestrator.kind.Printer.Column.text;
import static io.keelson.orchestrator.kind.Printers.NONE;
import static io.keelson.orchestrator.kind.Printers.age;
import static io.keelson.orchestrator.kind.Printers.name;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The printers of webhooks, policies and priorities of requests. */
final class ExtensionPrinters {

    private static final String UNSET = "<unset>";

    static final Printer WEBHOOKS = new Printer(
            List.of(NAME, number("Webhooks"), AGE),
            (configuration, now, cells) -> cells.add(name(configuration))
                    .add(Json.items(configuration, "webhooks").size())
                    .add(age(configuration, now)));

    static final Printer VALIDATING_POLICY = policy("Validations", "validations");
    static final Printer MUTATING_POLICY = policy("Mutations", "mutations");

    static final Printer POLICY_BINDING = new Printer(
            List.of(NAME, text("PolicyName"), text("ParamRef"), AGE),
            (binding, now, cells) -> cells.add(name(binding))
                    .add(Json.string(binding, "spec", "policyName").orElse(""))
                    .add(parameter(binding))
                    .add(age(binding, now)));

    static final Printer FLOW_SCHEMA = new Printer(
            List.of(
                    NAME,
                    text("PriorityLevel"),
                    text("MatchingPrecedence"),
                    text("DistinguisherMethod"),
                    AGE,
                    text("MissingPL")),
            (schema, now, cells) -> cells.add(name(schema))
                    .add(Json.string(schema, "spec", "priorityLevelConfiguration", "name")
                            .orElse(""))
                    .add(Printers.count(schema, "spec", "matchingPrecedence"))
                    .add(Printers.orNone(schema, "spec", "distinguisherMethod", "type"))
                    .add(age(schema, now))
                    .add(Json.items(schema, "status", "conditions").stream()
                            .filter(condition ->
                                    condition.path("type").asString("").equals("Dangling"))
                            .map(condition -> condition.path("status").asString(""))
                            .findFirst()
                            .orElse("?")));

    static final Printer PRIORITY_LEVEL = new Printer(
            List.of(
                    NAME,
                    text("Type"),
                    text("NominalConcurrencyShares"),
                    text("Queues"),
                    text("HandSize"),
                    text("QueueLengthLimit"),
                    AGE),
            (level, now, cells) -> {
                JsonNode limited = level.path("spec").path("limited");
                JsonNode queuing = limited.path("limitResponse").path("queuing");
                cells.add(name(level)).add(Json.string(level, "spec", "type").orElse(""));
                cells.add(limited.path("nominalConcurrencyShares").asString(NONE))
                        .add(queuing.path("queues").asString(NONE))
                        .add(queuing.path("handSize").asString(NONE))
                        .add(queuing.path("queueLengthLimit").asString(NONE))
                        .add(age(level, now));
            });

    private ExtensionPrinters() {}

    private static Printer policy(String header, String list) {
        return new Printer(
                List.of(NAME, number(header), text("ParamKind"), AGE),
                (policy, now, cells) -> cells.add(name(policy))
                        .add(Json.items(policy, "spec", list).size())
                        .add(Json.at(policy, "spec", "paramKind")
                                .map(kind -> kind.path("apiVersion").asString("") + "/"
                                        + kind.path("kind").asString(""))
                                .orElse(UNSET))
                        .add(age(policy, now)));
    }

    private static String parameter(ObjectNode binding) {
        return Json.at(binding, "spec", "paramRef")
                .map(ref -> Json.string(ref, "name").orElseGet(() -> Printers.selector(ref.path("selector"))))
                .orElse(UNSET);
    }
}
