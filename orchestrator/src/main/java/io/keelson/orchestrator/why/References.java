package io.keelson.orchestrator.why;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a pod names and cannot start without. */
final class References {

    private References() {}

    /** The first ConfigMap or Secret that is not there. */
    static Optional<Explanation> missing(Cluster cluster, ClusterObject pod) {
        List<JsonNode> sources = new ArrayList<>();
        for (JsonNode volume : Json.items(pod.json(), "spec", "volumes")) {
            sources.add(volume);
            sources.addAll(Json.items(volume, "projected", "sources"));
        }
        for (JsonNode source : sources) {
            Optional<Explanation> missing = missing(
                            cluster, pod, source.path("configMap"), "name", Kinds.CONFIG_MAP, "a volume")
                    .or(() -> missing(cluster, pod, source.path("secret"), "secretName", Kinds.SECRET, "a volume"))
                    .or(() -> missing(cluster, pod, source.path("secret"), "name", Kinds.SECRET, "a volume"));
            if (missing.isPresent()) {
                return missing;
            }
        }
        List<JsonNode> containers = new ArrayList<>(Json.items(pod.json(), "spec", "initContainers"));
        containers.addAll(Json.items(pod.json(), "spec", "containers"));
        for (JsonNode container : containers) {
            String where =
                    "the environment of container " + container.path("name").asString("");
            List<JsonNode> from = new ArrayList<>(Json.items(container, "envFrom"));
            Json.items(container, "env").forEach(variable -> from.add(variable.path("valueFrom")));
            for (JsonNode source : from) {
                for (String field : List.of("configMapRef", "configMapKeyRef")) {
                    Optional<Explanation> missing =
                            missing(cluster, pod, source.path(field), "name", Kinds.CONFIG_MAP, where);
                    if (missing.isPresent()) {
                        return missing;
                    }
                }
                for (String field : List.of("secretRef", "secretKeyRef")) {
                    Optional<Explanation> missing =
                            missing(cluster, pod, source.path(field), "name", Kinds.SECRET, where);
                    if (missing.isPresent()) {
                        return missing;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Explanation> missing(
            Cluster cluster, ClusterObject pod, JsonNode source, String field, Kind kind, String where) {
        String name = source.path(field).asString("");
        if (name.isEmpty() || source.path("optional").asBoolean(false)) {
            return Optional.empty();
        }
        if (cluster.get(new Ref(kind, pod.namespace(), name)).isPresent()) {
            return Optional.empty();
        }
        return Optional.of(Explanation.stuck(
                pod.ref(),
                "needs " + kind.kind() + " " + name,
                Words.title(pod) + " cannot start: the " + kind.kind() + " " + name + " that " + where
                        + " takes from is not there.",
                "Create the " + kind.kind() + " " + name + " in namespace " + pod.namespace()
                        + ", or mark it as optional."));
    }

    /** The first claim of a volume that is not there or has no volume. */
    static Optional<Explanation> claims(Cluster cluster, ClusterObject pod) {
        Optional<Kind> kind = cluster.kinds().named("persistentvolumeclaims");
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        for (JsonNode volume : Json.items(pod.json(), "spec", "volumes")) {
            String name = volume.path("persistentVolumeClaim").path("claimName").asString("");
            if (name.isEmpty()) {
                continue;
            }
            Optional<ClusterObject> claim = cluster.get(new Ref(kind.get(), pod.namespace(), name));
            if (claim.isEmpty()) {
                return Optional.of(Explanation.stuck(
                        pod.ref(),
                        "needs PersistentVolumeClaim " + name,
                        Words.title(pod) + " cannot be placed: the PersistentVolumeClaim " + name + " is not there.",
                        "Create it in namespace " + pod.namespace() + "."));
            }
            Explanation why = Claims.explain(cluster, claim.get());
            if (why.state() == Explanation.State.STUCK) {
                return Optional.of(why.causing(pod.ref(), "needs PersistentVolumeClaim " + name));
            }
        }
        return Optional.empty();
    }
}
