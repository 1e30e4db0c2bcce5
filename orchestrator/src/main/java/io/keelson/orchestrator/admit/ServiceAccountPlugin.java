package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.auth.NodeGraph;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Rejection;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Each pod is somebody: a pod that says no service account is the namespace's {@code default}, and the account must be there. Of
 * {@code default} that is not asked, for it comes a moment after its namespace; pods need not wait for it. A pod that does not decline gets
 * a {@linkplain TokenVolume volume} by which it comes to the API.
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
        boolean secrets = Json.items(spec, "imagePullSecrets").isEmpty();
        boolean asked = Json.at(spec, "automountServiceAccountToken").isPresent();
        // What need not be known is not read.
        Optional<ObjectNode> account =
                secrets || !asked ? facts.find(Kinds.SERVICE_ACCOUNT, request.namespace(), name) : Optional.empty();
        if (TokenVolume.wanted(pod, account)) {
            TokenVolume.mount(pod);
        }
        if (secrets) {
            account.flatMap(each -> Json.at(each, "imagePullSecrets"))
                    .filter(JsonNode::isArray)
                    .ifPresent(each -> spec.set("imagePullSecrets", each.deepCopy()));
        }
        return Optional.empty();
    }

    @Override
    public Verdict validate(Request request, Facts facts) {
        if (!request.creates(Kinds.POD)) {
            return Verdict.FINE;
        }
        ObjectNode pod = request.object().orElseThrow();
        if (mirror(pod)) {
            return Verdict.of(mirrorHas(pod).map(request::forbidden));
        }
        String name = account(pod);
        if (name.equals(DEFAULT)
                || facts.find(Kinds.SERVICE_ACCOUNT, request.namespace(), name).isPresent()) {
            return Verdict.FINE;
        }
        return Verdict.refused(request.forbidden("error looking up service account " + request.namespace() + "/" + name
                + ": serviceaccount \"" + name + "\" not found"));
    }

    /** A mirror of what runs on a node anyway must not give its node a right to what it names. */
    private static Optional<String> mirrorHas(ObjectNode pod) {
        if (Json.string(pod, "spec", "serviceAccountName")
                .filter(name -> !name.isEmpty())
                .isPresent()) {
            return Optional.of("a mirror pod may not reference service accounts");
        }
        if (NodeGraph.namesSecrets(pod)) {
            return Optional.of("a mirror pod may not reference secrets");
        }
        boolean token = Json.items(pod, "spec", "volumes").stream()
                .flatMap(volume -> Json.items(volume, "projected", "sources").stream())
                .anyMatch(source -> source.has("serviceAccountToken"));
        return token
                ? Optional.of("a mirror pod may not use ServiceAccountToken volume projections")
                : Optional.empty();
    }
}
