package io.keelson.agent.volume;

import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.keelson.agent.pod.DesiredPod;

/** Gives the tokens of service accounts that volumes hold. */
@FunctionalInterface
public interface PodTokens {
    /** Where there is nobody to ask. */
    PodTokens NONE = (_, _) -> {
        throw new VolumeProblem("there is nobody to ask for tokens");
    };

    /**
     * The token that a pod's volume is to hold now: the same as before until it is time for another.
     *
     * @throws VolumeProblem if there is none, and the one from before is not good any more
     */
    String token(DesiredPod pod, ServiceAccountTokenProjection wanted) throws VolumeProblem;
}
