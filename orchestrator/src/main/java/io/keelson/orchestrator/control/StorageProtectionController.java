package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Claims that are to go stay while a pod on a node names them, and volumes while they are bound; then their finalizer is taken away. Kubernetes'
 * pvc-protection and pv-protection controllers. Pods on no node do not count, for no node starts a pod whose claim is to go.
 */
public final class StorageProtectionController implements Controller {

    private static final String OF_CLAIMS = "kubernetes.io/pvc-protection";
    private static final String OF_VOLUMES = "kubernetes.io/pv-protection";
    private static final Kind CLAIM =
            Kinds.builtIn().byApiVersion("v1", "PersistentVolumeClaim").orElseThrow();
    private static final Kind VOLUME =
            Kinds.builtIn().byApiVersion("v1", "PersistentVolume").orElseThrow();

    @Override
    public String name() {
        return "storage-protection-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        Kind kind = change.ref().kind();
        if (kind.equals(CLAIM) || kind.equals(VOLUME)) {
            return change.after().filter(ClusterObject::terminating).map(ClusterObject::ref).stream();
        }
        if (kind.equals(Kinds.POD) && change.after().isEmpty()) {
            return change.before().stream()
                    .flatMap(pod -> claims(pod).map(name -> new Ref(CLAIM, pod.namespace(), name)));
        }
        return Stream.of();
    }

    /** The claims that a pod names; an ephemeral volume's has the names of both. */
    private static Stream<String> claims(ClusterObject pod) {
        return Json.items(pod.json(), "spec", "volumes").stream().flatMap(volume -> {
            Optional<String> named = Json.string(volume, "persistentVolumeClaim", "claimName");
            Optional<String> own = Json.at(volume, "ephemeral")
                    .map(_ -> pod.name() + "-" + volume.path("name").asString(""));
            return Stream.concat(named.stream(), own.stream());
        });
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        String finalizer = ref.kind().equals(CLAIM) ? OF_CLAIMS : OF_VOLUMES;
        return cluster
                .get(ref)
                .filter(ClusterObject::terminating)
                .filter(object -> object.finalizers().contains(finalizer))
                .filter(object -> !inUse(cluster, object))
                .map(object -> without(object, finalizer))
                .stream()
                .toList();
    }

    private static boolean inUse(Cluster cluster, ClusterObject object) {
        if (object.kind().equals(VOLUME)) {
            return object.at("status", "phase").asString("").equals("Bound");
        }
        return cluster.in(Kinds.POD, object.namespace()).stream()
                .filter(pod -> !pod.at("spec", "nodeName").asString("").isEmpty())
                .anyMatch(pod -> claims(pod).anyMatch(object.name()::equals));
    }

    private static Action without(ClusterObject object, String finalizer) {
        ObjectNode patch = Json.object();
        ArrayNode left = patch.putObject("metadata").putArray("finalizers");
        for (JsonNode each : Json.items(object.json(), "metadata", "finalizers")) {
            if (!each.asString("").equals(finalizer)) {
                left.add(each);
            }
        }
        return new Action.Patch(object.ref(), object.revision(), patch);
    }
}
