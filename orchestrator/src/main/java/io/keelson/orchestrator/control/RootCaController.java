package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.ApiAccess;
import io.keelson.orchestrator.kind.Json;
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
import tools.jackson.databind.node.ObjectNode;

/**
 * Every namespace has a ConfigMap with the certificates by which its pods know the API server. Who changes or deletes it gets it back, as
 * from Kubernetes' root-ca-certificate-publisher, whose names and words these are.
 */
public final class RootCaController implements Controller {

    private static final String DESCRIPTION = "kubernetes.io/description";
    private static final String TEXT =
            "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as"
                    + " the internal service IP or kubernetes.default.svc. No other usage is guaranteed across"
                    + " distributions of Kubernetes clusters.";

    private final String authorities;

    /**
     * One that publishes these.
     *
     * @param authorities certificates of who signs those of the servers, PEM
     */
    public RootCaController(String authorities) {
        this.authorities = authorities;
    }

    @Override
    public String name() {
        return "root-ca-certificate-publisher";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.NAMESPACE)) {
            return Stream.of(change.ref());
        }
        boolean published = change.ref().kind().equals(Kinds.CONFIG_MAP)
                && change.ref().name().equals(ApiAccess.ROOT_CA);
        return published ? Stream.of(new Ref(Kinds.NAMESPACE, "", change.ref().namespace())) : Stream.of();
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        Optional<ClusterObject> namespace = cluster.get(ref).filter(each -> !each.terminating());
        if (namespace.isEmpty()) {
            return List.of();
        }
        Ref published = new Ref(Kinds.CONFIG_MAP, ref.name(), ApiAccess.ROOT_CA);
        return cluster.get(published)
                .map(this::restored)
                .orElseGet(() -> List.of(new Action.Create(
                        published, fresh(published), Optional.of(Action.Condition.Exists.of(namespace.get())))));
    }

    private ObjectNode fresh(Ref ref) {
        ObjectNode object =
                Json.object().put("apiVersion", Kinds.CONFIG_MAP.apiVersion()).put("kind", Kinds.CONFIG_MAP.kind());
        ObjectNode metadata = Json.child(object, "metadata").put("name", ref.name());
        metadata.put("namespace", ref.namespace());
        Json.child(metadata, "annotations").put(DESCRIPTION, TEXT);
        Json.child(object, "data").put(ApiAccess.ROOT_CA_KEY, authorities);
        return object;
    }

    private List<Action> restored(ClusterObject published) {
        JsonNode data = published.at("data");
        boolean right = data.size() == 1
                && data.path(ApiAccess.ROOT_CA_KEY).asString("").equals(authorities);
        boolean described = !published
                .at("metadata", "annotations", DESCRIPTION)
                .asString("")
                .isEmpty();
        if (published.terminating() || (right && described)) {
            return List.of();
        }
        ObjectNode patch = Json.object();
        Json.child(Json.child(patch, "metadata"), "annotations").put(DESCRIPTION, TEXT);
        ObjectNode wanted = Json.child(patch, "data");
        data.propertyNames().forEach(wanted::putNull);
        wanted.put(ApiAccess.ROOT_CA_KEY, authorities);
        return List.of(new Action.Patch(published.ref(), published.revision(), patch));
    }
}
