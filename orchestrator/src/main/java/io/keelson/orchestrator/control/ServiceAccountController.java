package io.keelson.orchestrator.control;

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
import tools.jackson.databind.node.ObjectNode;

/** Every namespace has a service account for the pods that name none. */
public final class ServiceAccountController implements Controller {

    private static final String NAME = "default";

    @Override
    public String name() {
        return "serviceaccount-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        if (change.ref().kind().equals(Kinds.NAMESPACE)) {
            return Stream.of(change.ref());
        }
        boolean account = change.ref().kind().equals(Kinds.SERVICE_ACCOUNT)
                && change.ref().name().equals(NAME);
        return account ? Stream.of(new Ref(Kinds.NAMESPACE, "", change.ref().namespace())) : Stream.of();
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        Optional<ClusterObject> namespace = cluster.get(ref).filter(each -> !each.terminating());
        Ref account = new Ref(Kinds.SERVICE_ACCOUNT, ref.name(), NAME);
        if (namespace.isEmpty() || cluster.get(account).isPresent()) {
            return List.of();
        }
        ObjectNode object = Json.object()
                .put("apiVersion", Kinds.SERVICE_ACCOUNT.apiVersion())
                .put("kind", Kinds.SERVICE_ACCOUNT.kind());
        Json.child(object, "metadata").put("name", NAME).put("namespace", ref.name());
        return List.of(new Action.Create(account, object, Optional.of(Action.Condition.Exists.of(namespace.get()))));
    }
}
