package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.api.User;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.auth.Decision;
import io.keelson.orchestrator.kind.Kind;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The other objects of the cluster, as they are while a write is judged, and who may do what. What it gives must not be changed. */
public interface Facts {

    /** An object with its resourceVersion; the namespace is empty for cluster-scoped kinds. */
    Optional<ObjectNode> find(Kind kind, String namespace, String name);

    /** The kind that is served under a name, also one that is defined at run time. */
    Optional<Kind> kind(String apiVersion, String kind);

    /**
     * Whether somebody may do something.
     *
     * @throws io.keelson.orchestrator.api.ApiException if nobody can say
     */
    Decision decide(User user, Access access);

    /** All objects of a kind, of a namespace if it is in namespaces, with their resourceVersions, by name. */
    List<ObjectNode> list(Kind kind, String namespace);
}
