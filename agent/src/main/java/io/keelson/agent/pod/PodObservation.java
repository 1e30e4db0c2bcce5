package io.keelson.agent.pod;

import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.SandboxId;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the runtime holds of one pod, newest first. */
public record PodObservation(List<ObservedSandbox> sandboxes, List<ObservedContainer> containers) {
    public static final PodObservation NOTHING = new PodObservation(List.of(), List.of());

    public PodObservation {
        sandboxes = sandboxes.stream()
                .sorted(Comparator.comparingInt(ObservedSandbox::attempt)
                        .thenComparing(ObservedSandbox::createdAt)
                        .reversed())
                .toList();
        containers = containers.stream()
                .sorted(Comparator.comparingInt(ObservedContainer::attempt)
                        .thenComparing(ObservedContainer::createdAt)
                        .reversed())
                .toList();
    }

    public static PodObservation of(ObservedPods ofOnePod) {
        return new PodObservation(ofOnePod.sandboxes(), ofOnePod.containers());
    }

    public boolean isEmpty() {
        return sandboxes.isEmpty() && containers.isEmpty();
    }

    public Optional<ObservedSandbox> newestSandbox() {
        return sandboxes.stream().findFirst();
    }

    /** The sandbox that containers may run in now. */
    public Optional<ObservedSandbox> readySandbox() {
        return newestSandbox().filter(ObservedSandbox::ready);
    }

    /** All containers of that name, newest first. */
    public List<ObservedContainer> history(String name) {
        return containers.stream().filter(c -> c.name().equals(name)).toList();
    }

    public Optional<ObservedContainer> latest(String name) {
        return containers.stream().filter(c -> c.name().equals(name)).findFirst();
    }

    public Optional<ObservedContainer> latestIn(SandboxId sandbox, String name) {
        return latest(name).filter(c -> c.sandbox().equals(sandbox));
    }

    public Stream<ObservedContainer> running() {
        return containers.stream().filter(c -> c.state() == ObservedContainer.State.RUNNING);
    }

    public Stream<ObservedContainer> in(SandboxId sandbox) {
        return containers.stream().filter(c -> c.sandbox().equals(sandbox));
    }

    /** The main address; empty without a sandbox or with the node's own network. */
    public Optional<String> podIp() {
        return readySandbox().flatMap(s -> s.ips().stream().findFirst());
    }

    Optional<Instant> firstCreatedAt() {
        return Stream.concat(
                        sandboxes.stream().map(ObservedSandbox::createdAt),
                        containers.stream().map(ObservedContainer::createdAt))
                .min(Comparator.naturalOrder());
    }

    static boolean ended(ObservedContainer container) {
        return container.state() == ObservedContainer.State.EXITED
                || container.state() == ObservedContainer.State.UNKNOWN;
    }
}
