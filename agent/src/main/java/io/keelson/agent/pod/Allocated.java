package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.keelson.agent.runtime.Labels;
import io.keelson.agent.runtime.ObservedSandbox;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the containers of a pod have got of the node. It is written on the sandbox when that is made, together with the limits of the pod as a
 * whole, and holds as long as the sandbox: a running pod is not resized, and a container that is started again in it gets what the one before
 * had, whatever is wished meanwhile. A new sandbox gets what is wished then.
 */
final class Allocated {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Allocated() {}

    /** What containers have got, by their names. */
    private record ByName(Map<String, ResourceRequirements> containers) {}

    /** What is written on a new sandbox. */
    static String written(DesiredPod pod) {
        Map<String, ResourceRequirements> all = new HashMap<>();
        pod.allContainers().forEach(c -> all.put(c.getName(), wished(c)));
        return JSON.writeValueAsString(new ByName(all));
    }

    /** What a container has got; empty if nobody wrote it down. */
    static Optional<ResourceRequirements> of(Container container, ObservedSandbox sandbox) {
        return Optional.ofNullable(sandbox.annotations().get(Labels.ALLOCATED_RESOURCES))
                .flatMap(Allocated::read)
                .flatMap(each -> Optional.ofNullable(each.containers().get(container.getName())));
    }

    private static Optional<ByName> read(String text) {
        try {
            return Optional.of(JSON.readValue(text, ByName.class));
        } catch (JacksonException e) {
            // Whoever wrote it, it was not this agent: then it is not known what the containers have.
            return Optional.empty();
        }
    }

    /** The container as it is to be started in a sandbox: with what it has got there. */
    static Container in(Optional<ObservedSandbox> sandbox, Container container) {
        return sandbox.flatMap(s -> of(container, s))
                .map(got -> new ContainerBuilder(container).withResources(got).build())
                .orElse(container);
    }

    /** Whether a container is to have something else than it has got. */
    static boolean differs(Container container, ObservedSandbox sandbox) {
        return of(container, sandbox)
                .filter(got -> !same(got, wished(container)))
                .isPresent();
    }

    private static ResourceRequirements wished(Container container) {
        return Objects.requireNonNullElseGet(container.getResources(), ResourceRequirements::new);
    }

    private static boolean same(ResourceRequirements one, ResourceRequirements other) {
        return same(one.getRequests(), other.getRequests()) && same(one.getLimits(), other.getLimits());
    }

    private static boolean same(Map<String, Quantity> one, Map<String, Quantity> other) {
        Map<String, Quantity> some = Objects.requireNonNullElse(one, Map.of());
        Map<String, Quantity> more = Objects.requireNonNullElse(other, Map.of());
        return Stream.concat(some.keySet().stream(), more.keySet().stream())
                .allMatch(name -> some.containsKey(name)
                        && more.containsKey(name)
                        && CgroupValues.amount(some.get(name)).compareTo(CgroupValues.amount(more.get(name))) == 0);
    }
}
