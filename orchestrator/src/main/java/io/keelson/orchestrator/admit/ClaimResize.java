package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Quantity;
import java.math.BigDecimal;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** A claim grows only if its class says that its volumes can: Kubernetes' PersistentVolumeClaimResize. */
final class ClaimResize implements Validator {

    @Override
    public Verdict validate(Request request, Facts facts) {
        if (!request.updates(Known.CLAIM)) {
            return Verdict.FINE;
        }
        Optional<BigDecimal> before = request.old().flatMap(ClaimResize::storage);
        Optional<BigDecimal> after = request.object().flatMap(ClaimResize::storage);
        boolean grows = before.isPresent() && after.isPresent() && after.get().compareTo(before.get()) > 0;
        if (!grows || expandable(request.object().orElseThrow(), facts)) {
            return Verdict.FINE;
        }
        return Verdict.refused(
                request.forbidden("only dynamically provisioned pvc can be resized and the storageclass that"
                        + " provisions the pvc must support resize"));
    }

    private static Optional<BigDecimal> storage(ObjectNode claim) {
        return Json.string(claim, "spec", "resources", "requests", "storage").flatMap(Quantity::parse);
    }

    private static boolean expandable(ObjectNode claim, Facts facts) {
        return Json.string(claim, "spec", "storageClassName")
                .filter(name -> !name.isEmpty())
                .flatMap(name -> facts.find(Known.STORAGE_CLASS, "", name))
                .filter(found -> found.path("allowVolumeExpansion").asBoolean(false))
                .isPresent();
    }
}
