package io.keelson.orchestrator.kind;

import static io.keelson.orchestrator.kind.Printer.Column.AGE;
import static io.keelson.orchestrator.kind.Printer.Column.NAME;
import static io.keelson.orchestrator.kind.Printer.Column.text;
import static io.keelson.orchestrator.kind.Printer.Column.wide;
import static io.keelson.orchestrator.kind.Printers.NONE;
import static io.keelson.orchestrator.kind.Printers.age;
import static io.keelson.orchestrator.kind.Printers.name;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The printers of roles, of who has them, and of requests for certificates. */
final class AccessPrinters {

    static final Printer ROLE = Printers.ANY;

    static final Printer BINDING = new Printer(
            List.of(NAME, text("Role"), AGE, wide("Users"), wide("Groups"), wide("ServiceAccounts")),
            (binding, now, cells) -> cells.add(name(binding))
                    .add(binding.path("roleRef").path("kind").asString("") + "/"
                            + binding.path("roleRef").path("name").asString(""))
                    .add(age(binding, now))
                    .add(subjects(binding, "User"))
                    .add(subjects(binding, "Group"))
                    .add(subjects(binding, "ServiceAccount")));

    static final Printer CERTIFICATE_REQUEST = new Printer(
            List.of(NAME, AGE, text("SignerName"), text("Requestor"), text("RequestedDuration"), text("Condition")),
            (request, now, cells) -> cells.add(name(request))
                    .add(age(request, now))
                    .add(Printers.orNone(request, "spec", "signerName"))
                    .add(Json.string(request, "spec", "username").orElse(""))
                    .add(Json.number(request, "spec", "expirationSeconds")
                            .map(seconds -> Age.of(Duration.ofSeconds(seconds)))
                            .orElse(NONE))
                    .add(condition(request)));

    private AccessPrinters() {}

    private static String subjects(ObjectNode binding, String kind) {
        return String.join(
                ", ",
                Json.items(binding, "subjects").stream()
                        .filter(subject -> subject.path("kind").asString("").equals(kind))
                        .map(subject -> (kind.equals("ServiceAccount")
                                        ? subject.path("namespace").asString("") + "/"
                                        : "")
                                + subject.path("name").asString(""))
                        .toList());
    }

    private static String condition(ObjectNode request) {
        List<String> types = Json.items(request, "status", "conditions").stream()
                .map(condition -> condition.path("type").asString(""))
                .toList();
        List<String> words = new ArrayList<>();
        words.add(types.contains("Denied") ? "Denied" : types.contains("Approved") ? "Approved" : "Pending");
        if (types.contains("Failed")) {
            words.add("Failed");
        }
        if (Json.at(request, "status", "certificate")
                .map(JsonNode::asString)
                .filter(text -> !text.isEmpty())
                .isPresent()) {
            words.add("Issued");
        }
        return String.join(",", words);
    }
}
