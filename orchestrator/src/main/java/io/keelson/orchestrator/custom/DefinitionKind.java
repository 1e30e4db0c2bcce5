package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Printer;
import io.keelson.orchestrator.kind.Strategy;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** How definitions themselves behave. */
public final class DefinitionKind {

    private static final Printer PRINTER = new Printer(
            List.of(Printer.Column.NAME, new Printer.Column("Created At", "date", "", 0)),
            (object, _, cells) -> cells.add(
                            Json.string(object, "metadata", "name").orElse(""))
                    .add(Json.string(object, "metadata", "creationTimestamp").orElse("")));

    private DefinitionKind() {}

    /** The row of definitions, with its behaviour. */
    static Kind row(Kind plain) {
        Strategy strategy = Strategy.PLAIN
                .withGeneration()
                .withDefaults(DefinitionDefaults::apply)
                .withCheck((live, incoming, causes) ->
                        DefinitionCheck.check(live, incoming).forEach(causes::add))
                .withAdvice(FormatAdvice::advise)
                .withPrinter(PRINTER);
        return Kind.named(plain.group(), plain.version(), plain.kind(), plain.resource())
                .singular(plain.singular())
                .clusterScoped()
                .shortNames(plain.shortNames().toArray(String[]::new))
                .categories(plain.categories().toArray(String[]::new))
                .subresources("status")
                .strategy(strategy)
                .build();
    }

    /** Begins the end of a definition, in place: it stays until its objects are gone. Twice is as once. */
    public static void beginEnd(ObjectNode definition, String now) {
        ObjectNode metadata = Json.child(definition, "metadata");
        boolean held = Json.items(metadata, "finalizers").stream()
                .anyMatch(finalizer -> finalizer.asString("").equals(Definition.FINALIZER));
        boolean ending = Json.items(definition, "status", "conditions").stream()
                .anyMatch(condition -> condition.path("type").asString("").equals("Terminating"));
        if (held || ending) {
            return;
        }
        ArrayNode finalizers =
                metadata.get("finalizers") instanceof ArrayNode list ? list : metadata.putArray("finalizers");
        finalizers.add(Definition.FINALIZER);
        ObjectNode status = Json.child(definition, "status");
        ArrayNode conditions =
                status.get("conditions") instanceof ArrayNode list ? list : status.putArray("conditions");
        conditions
                .addObject()
                .put("type", "Terminating")
                .put("status", "True")
                .put("lastTransitionTime", now)
                .put("reason", "InstanceDeletionPending")
                .put(
                        "message",
                        "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon");
    }
}
