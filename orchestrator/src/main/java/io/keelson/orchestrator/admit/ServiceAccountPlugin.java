package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Each pod is somebody: a pod that says no service account is the namespace's {@code default}, and the account must be there. Of
 * {@code default} that is not asked, for it comes a moment after its namespace; pods need not wait for it.
 */
final class ServiceAccountPlugin implements Mutator, Validator {

    private static final String DEFAULT = "default";
    private static final String MIRROR = "kubernetes.io/config.mirror";

    private static boolean mirror(ObjectNode pod) {
        return Json.at(pod, "metadata", "annotations", MIRROR).isPresent();
    }

    private static String account(ObjectNode pod) {
        return Json.string(pod, "spec", "serviceAccountName")
                .filter(name -> !name.isEmpty())
                .orElse(DEFAULT);
    }

    @Override
    public Optional<Rejection> mutate(Request request, ObjectNode pod, Facts facts) {
        if (!request.creates(Kinds.POD) || mirror(pod)) {
            return Optional.empty();
        }
        String name = account(pod);
        ObjectNode spec = Json.child(pod, "spec");
        spec.put("serviceAccountName", name).put("serviceAccount", name);
        if (Json.items(spec, "imagePullSecrets").isEmpty()) {
            facts.find(Kinds.SERVICE_ACCOUNT, request.namespace(), name)
                    .flatMap(account -> Json.at(account, "imagePullSecrets"))
                    .filter(JsonNode::isArray)
                    .ifPresent(secrets -> spec.set("imagePullSecrets", secrets.deepCopy()));
        }
        return Optional.empty();
    }

    @Override
    public Verdict validate(Request request, Facts facts) {
        if (!request.creates(Kinds.POD)) {
            return Verdict.FINE;
        }
        ObjectNode pod = request.object().orElseThrow();
        String name = account(pod);
        if (mirror(pod)
                || name.equals(DEFAULT)
                || facts.find(Kinds.SERVICE_ACCOUNT, request.namespace(), name).isPresent()) {
            return Verdict.FINE;
        }
        return Verdict.refused(request.forbidden("error looking up service account " + request.namespace() + "/" + name
                + ": serviceaccount \"" + name + "\" not found"));
    }
}
