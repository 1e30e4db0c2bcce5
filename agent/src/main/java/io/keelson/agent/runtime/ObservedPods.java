package io.keelson.agent.runtime;

import java.util.List;

/** Everything the runtime holds, at one moment. */
public record ObservedPods(List<ObservedSandbox> sandboxes, List<ObservedContainer> containers) {
    public static final ObservedPods NONE = new ObservedPods(List.of(), List.of());

    public ObservedPods {
        sandboxes = List.copyOf(sandboxes);
        containers = List.copyOf(containers);
    }

    /** What belongs to one pod, by uid. */
    public ObservedPods of(PodId pod) {
        return new ObservedPods(
                sandboxes.stream().filter(s -> s.pod().uid().equals(pod.uid())).toList(),
                containers.stream().filter(c -> c.pod().uid().equals(pod.uid())).toList());
    }

    public boolean isEmpty() {
        return sandboxes.isEmpty() && containers.isEmpty();
    }
}
