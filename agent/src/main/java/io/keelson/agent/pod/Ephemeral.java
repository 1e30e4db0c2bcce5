package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ObservedContainer;
import java.util.Optional;

/** Containers that are put into a running pod to look into it: started once, never again, and nobody waits for one to be ready. */
final class Ephemeral {
    private Ephemeral() {}

    /** The same as a container. It has neither ports, resources, probes nor hooks: the control plane takes none of them. */
    static Container container(EphemeralContainer ephemeral) {
        var container = new Container();
        container.setName(ephemeral.getName());
        container.setImage(ephemeral.getImage());
        container.setImagePullPolicy(ephemeral.getImagePullPolicy());
        container.setCommand(ephemeral.getCommand());
        container.setArgs(ephemeral.getArgs());
        container.setWorkingDir(ephemeral.getWorkingDir());
        container.setEnv(ephemeral.getEnv());
        container.setEnvFrom(ephemeral.getEnvFrom());
        container.setVolumeMounts(ephemeral.getVolumeMounts());
        container.setVolumeDevices(ephemeral.getVolumeDevices());
        container.setSecurityContext(ephemeral.getSecurityContext());
        container.setStdin(ephemeral.getStdin());
        container.setStdinOnce(ephemeral.getStdinOnce());
        container.setTty(ephemeral.getTty());
        container.setTerminationMessagePath(ephemeral.getTerminationMessagePath());
        container.setTerminationMessagePolicy(ephemeral.getTerminationMessagePolicy());
        return container;
    }

    /**
     * The container whose processes this one is to see; empty: none is named.
     *
     * @throws ConfigProblem if the named one does not run
     */
    static Optional<ContainerId> target(DesiredPod pod, String name, PodObservation seen) throws ConfigProblem {
        var named = DesiredPod.list(pod.spec().getEphemeralContainers()).stream()
                .filter(e -> name.equals(e.getName()))
                .flatMap(e -> Optional.ofNullable(e.getTargetContainerName()).stream())
                .filter(target -> !target.isEmpty())
                .findFirst();
        if (named.isEmpty()) {
            return Optional.empty();
        }
        var running = seen.latest(named.get()).filter(c -> c.state() == ObservedContainer.State.RUNNING);
        if (running.isEmpty()) {
            throw new ConfigProblem("unable to find target container " + named.get());
        }
        return running.map(ObservedContainer::id);
    }
}
