package io.keelson.orchestrator.control;

import io.keelson.orchestrator.admit.Quotas;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Counts what quotas are used. Admission adds what a write needs more in the write's own transaction; this takes away what was given up:
 * objects that are gone, or need less. So a quota may show too much for a moment, and never too little.
 */
public final class ResourceQuotaController implements Controller {

    private static final Kind QUOTA =
            Kinds.builtIn().byApiVersion("v1", "ResourceQuota").orElseThrow();

    @Override
    public String name() {
        return "resourcequota-controller";
    }

    @Override
    public Stream<Ref> touchedBy(Change change, Cluster cluster) {
        Collection<ClusterObject> quotas = cluster.in(QUOTA, change.ref().namespace());
        return quotas.isEmpty() || changesNothing(change)
                ? Stream.of()
                : quotas.stream().map(ClusterObject::ref);
    }

    /** Most changes are of statuses, and counting is work. */
    private static boolean changesNothing(Change change) {
        if (change.ref().kind().equals(Kinds.EVENT) || change.ref().namespace().isEmpty()) {
            return true;
        }
        return !change.ref().kind().equals(QUOTA)
                && change.before().isPresent()
                && change.after().isPresent()
                && Quotas.same(
                        change.ref().kind(),
                        change.before().get().json(),
                        change.after().get().json());
    }

    @Override
    public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
        return cluster
                .get(ref)
                .flatMap(quota -> Statuses.update(
                        quota,
                        Quotas.status(
                                quota.json(),
                                cluster.in(ref.namespace()).stream()
                                        .map(each -> new Quotas.Counted(each.kind(), each.json())))))
                .stream()
                .toList();
    }
}
