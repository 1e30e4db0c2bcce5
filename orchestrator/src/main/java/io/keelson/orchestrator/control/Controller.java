package io.keelson.orchestrator.control;

import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * One rule that turns what is wished for into steps. Pure: equal pictures and times give equal answers.
 *
 * <p>The actions of one call may be performed in any order and any of them may fail, so each must be right by itself, and no two may
 * write the same object.
 */
public interface Controller {

    /** Its name in logs and events, such as {@code replicaset-controller}. */
    String name();

    /** The owner of the fields that it sets, in {@code metadata.managedFields}: one name for all that are one program in Kubernetes. */
    default String fieldManager() {
        return "keelson-controller-manager";
    }

    /** Which objects this controller has to look at again because of a change; the picture is the one after it. */
    Stream<Ref> touchedBy(Change change, Cluster cluster);

    /** The next steps for one object, which need not exist any more; none when all is as it should be. */
    List<Action> reconcile(Cluster cluster, Ref ref, Instant now);
}
