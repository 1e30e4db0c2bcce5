package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import java.util.Collection;
import java.util.Optional;

/** All objects at one revision. Every collection is in the order of the objects' names, so that equal pictures give equal decisions. */
public interface Cluster {

    /** The revision at which all this is true. */
    long revision();

    /** The kinds that this picture shows; an object of another kind may exist without being seen here. */
    Kinds kinds();

    /** One object. */
    Optional<ClusterObject> get(Ref ref);

    /** All objects of a kind. */
    Collection<ClusterObject> all(Kind kind);

    /** All objects of a kind in a namespace. */
    Collection<ClusterObject> in(Kind kind, String namespace);

    /** All objects of all kinds in a namespace. */
    Collection<ClusterObject> in(String namespace);

    /** The object with this uid. */
    Optional<ClusterObject> byUid(String uid);

    /** The objects that name this uid among their owners, whatever their kind. */
    Collection<ClusterObject> ownedBy(String uid);

    /** The pods bound to a node. */
    Collection<ClusterObject> podsOn(String node);

    /** The pods that are bound to no node and name this scheduler. */
    Collection<ClusterObject> pending(String scheduler);

    /** Whether a pod of this name is known to have been here not long ago; such names are not given again. */
    boolean recentlyGone(Ref pod);

    /** Why the last write on behalf of this object was refused, unless a later one succeeded. */
    Optional<Refusal> refusal(Ref onBehalfOf);
}
