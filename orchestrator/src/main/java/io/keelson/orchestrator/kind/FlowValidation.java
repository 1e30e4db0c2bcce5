package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The kinds of flowcontrol.apiserver.k8s.io, and certificate signing requests. */
final class FlowValidation {

    private static final int MAX_PRECEDENCE = 10_000;
    private static final long LEAST_EXPIRATION_SECONDS = 600;
    private static final Set<String> USAGES = Set.of(
            "any",
            "cert sign",
            "client auth",
            "code signing",
            "content commitment",
            "crl sign",
            "data encipherment",
            "decipher only",
            "digital signature",
            "email protection",
            "encipher only",
            "ipsec end system",
            "ipsec tunnel",
            "ipsec user",
            "key agreement",
            "key encipherment",
            "microsoft sgc",
            "netscape sgc",
            "ocsp signing",
            "s/mime",
            "server auth",
            "signing",
            "timestamping");

    private static final int MAX_PERCENT = 100;
    private static final int MAX_QUEUES = 10_000_000;

    private FlowValidation() {}

    static void flowSchema(ObjectNode schema, Causes causes) {
        JsonNode spec = schema.path("spec");
        long precedence = Json.number(spec, "matchingPrecedence").orElse(1L);
        if (precedence <= 0) {
            causes.invalid("spec.matchingPrecedence", spec.path("matchingPrecedence"), "must be a positive value");
        } else if (precedence > MAX_PRECEDENCE) {
            causes.invalid(
                    "spec.matchingPrecedence",
                    spec.path("matchingPrecedence"),
                    "must not be greater than " + MAX_PRECEDENCE);
        }
        String name = Json.string(schema, "metadata", "name").orElse("");
        if (precedence == 1 && spec.has("matchingPrecedence") && !name.equals("exempt")) {
            causes.invalid(
                    "spec.matchingPrecedence",
                    spec.path("matchingPrecedence"),
                    "only the schema named 'exempt' may have matchingPrecedence 1");
        }
        Json.at(spec, "distinguisherMethod")
                .ifPresent(method -> causes.requiredOneOf(
                        method, "spec.distinguisherMethod", "type", Set.of("ByNamespace", "ByUser")));
        causes.present(spec.path("priorityLevelConfiguration"), "spec.priorityLevelConfiguration", "name");
        int i = 0;
        for (JsonNode rule : Json.items(spec, "rules")) {
            FlowRules.check(rule, "spec.rules[" + i++ + "]", causes);
        }
    }

    static void priorityLevel(ObjectNode level, Causes causes) {
        JsonNode spec = level.path("spec");
        causes.requiredOneOf(spec, "spec", "type", Set.of("Exempt", "Limited"));
        switch (spec.path("type").asString("")) {
            case "Exempt" -> {
                if (spec.has("limited")) {
                    causes.add(Cause.forbidden("spec.limited", "must be nil if the type is not Limited"));
                }
            }
            case "Limited" -> {
                if (spec.has("exempt")) {
                    causes.add(Cause.forbidden("spec.exempt", "must be nil if the type is Limited"));
                }
                if (!spec.path("limited").isObject()) {
                    causes.add(Cause.required("spec.limited", "must not be empty when type is Limited"));
                } else {
                    limited(spec.path("limited"), causes);
                }
            }
            default -> {}
        }
    }

    private static void limited(JsonNode limited, Causes causes) {
        String path = "spec.limited";
        causes.atLeast(limited, path, "nominalConcurrencyShares", 0);
        long lendable = Json.number(limited, "lendablePercent").orElse(0L);
        if (lendable < 0 || lendable > MAX_PERCENT) {
            causes.invalid(
                    path + ".lendablePercent",
                    limited.path("lendablePercent"),
                    "must be between 0 and " + MAX_PERCENT + ", inclusive");
        }
        causes.atLeast(limited, path, "borrowingLimitPercent", 0);
        JsonNode response = limited.path("limitResponse");
        causes.requiredOneOf(response, path + ".limitResponse", "type", Set.of("Queue", "Reject"));
        boolean queues = response.path("type").asString("").equals("Queue");
        if (queues && !response.path("queuing").isObject()) {
            causes.add(Cause.required(
                    path + ".limitResponse.queuing", "must not be empty if limited.limitResponse.type is Queue"));
        } else if (!queues && response.has("queuing")) {
            causes.add(Cause.forbidden(
                    path + ".limitResponse.queuing", "must be nil if limited.limitResponse.type is not Queue"));
        } else if (queues) {
            queuing(response.path("queuing"), path + ".limitResponse.queuing", causes);
        }
    }

    private static void queuing(JsonNode queuing, String path, Causes causes) {
        for (String field : List.of("queueLengthLimit", "queues", "handSize")) {
            if (Json.number(queuing, field).orElse(1L) <= 0) {
                causes.invalid(path + "." + field, queuing.path(field), "must be positive");
            }
        }
        long queues = Json.number(queuing, "queues").orElse(1L);
        if (queues > MAX_QUEUES) {
            causes.invalid(path + ".queues", queuing.path("queues"), "must not be greater than " + MAX_QUEUES);
        }
        if (queues > 0 && Json.number(queuing, "handSize").orElse(1L) > queues) {
            causes.invalid(
                    path + ".handSize", queuing.path("handSize"), "should not be greater than queues (" + queues + ")");
        }
    }

    static void certificateRequest(ObjectNode request, Causes causes) {
        JsonNode spec = request.path("spec");
        causes.present(spec, "spec", "request");
        List<JsonNode> usages = Json.items(spec, "usages");
        if (usages.isEmpty()) {
            causes.required("spec.usages");
        }
        for (int i = 0; i < usages.size(); i++) {
            if (!USAGES.contains(usages.get(i).asString(""))) {
                causes.add(Cause.notSupported(
                        "spec.usages[" + i + "]",
                        usages.get(i).toString(),
                        USAGES.stream().sorted().toList()));
            }
        }
        if (causes.present(spec, "spec", "signerName")) {
            String signer = spec.path("signerName").asString("");
            if (signer.indexOf('/') < 1 || signer.indexOf('.') < 0 || signer.endsWith("/")) {
                causes.invalid(
                        "spec.signerName",
                        spec.path("signerName"),
                        "must be a fully qualified domain and path of the form 'example.com/signer-name'");
            }
        }
        Json.number(spec, "expirationSeconds")
                .filter(seconds -> seconds < LEAST_EXPIRATION_SECONDS)
                .ifPresent(_ -> causes.invalid(
                        "spec.expirationSeconds",
                        spec.path("expirationSeconds"),
                        "may not specify a duration less than 600 seconds (10 minutes)"));
    }
}
