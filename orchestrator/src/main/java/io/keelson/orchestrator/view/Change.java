package io.keelson.orchestrator.view;

import io.keelson.orchestrator.kind.Ref;
import java.util.Optional;

/**
 * One object came, changed or went.
 *
 * @param ref which
 * @param before its form before, empty if it came
 * @param after its form now, empty if it went
 */
public record Change(Ref ref, Optional<ClusterObject> before, Optional<ClusterObject> after) {

    /** The newest form known: now, or the last before it went. */
    public ClusterObject newest() {
        return after.or(() -> before).orElseThrow();
    }
}
