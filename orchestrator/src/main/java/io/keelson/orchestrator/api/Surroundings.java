package io.keelson.orchestrator.api;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.ClusterObject;
import java.time.Instant;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** A picture of what may concern one object: its namespace, and of the whole cluster what has no namespace, and all pods. */
final class Surroundings {

    /** Many, large or secret, and no reason for anything; of ConfigMaps and Secrets a picture keeps the names only. */
    private static final Set<Kind> LEFT_OUT = Set.of(Kinds.EVENT);

    private Surroundings() {}

    static ClusterImage of(Reads reads, Kinds kinds, Ref ref, Instant now) {
        ClusterImage image = new ClusterImage(kinds);
        String namespace = ref.kind().equals(Kinds.NAMESPACE) ? ref.name() : ref.namespace();
        long revision = 0;
        for (Kind kind : kinds.all()) {
            boolean seen = kind.persistent() && kind.stored().equals(kind) && !LEFT_OUT.contains(kind);
            if (!seen || (kind.namespaced() && namespace.isEmpty() && !kind.equals(Kinds.POD))) {
                continue;
            }
            ListQuery query = ListQuery.in(kind, kind.namespaced() && !kind.equals(Kinds.POD) ? namespace : "");
            if (revision > 0) {
                query = query.withResourceVersion(Long.toString(revision), ListQuery.VersionMatch.EXACT);
            }
            Listing listing = reads.list(query);
            revision = listing.revision();
            listing.items().forEach(object -> image.set(object(kind, object, now)));
        }
        image.reached(revision);
        return image;
    }

    private static ClusterObject object(Kind kind, ObjectNode object, Instant now) {
        String namespace = Json.string(object, "metadata", "namespace").orElse("");
        String name = Json.string(object, "metadata", "name").orElse("");
        long revision = Json.string(object, "metadata", "resourceVersion")
                .map(Long::parseLong)
                .orElse(0L);
        return new ClusterObject(new Ref(kind, namespace, name), object, revision, revision, now);
    }
}
