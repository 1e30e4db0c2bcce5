package io.keelson.agent.pod;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What has gone wrong before a container could run, and when it may be tried again. Kept by the loop between plans; losing it merely means
 * that the next try comes sooner.
 *
 * @param sandbox the last failure to make the sandbox
 * @param volumes the last failure to prepare the volumes
 * @param containers by container name: the last failure to get the image or to create the container
 */
public record Setbacks(Optional<Setback> sandbox, Optional<Setback> volumes, Map<String, Setback> containers) {
    public static final Setbacks NONE = new Setbacks(Optional.empty(), Optional.empty(), Map.of());

    public Setbacks {
        containers = Map.copyOf(containers);
    }

    /** The kinds of failure, each with the word that the status shows. */
    public enum Kind {
        IMAGE_PULL("ErrImagePull"),
        IMAGE_NEVER("ErrImageNeverPull"),
        IMAGE_NAME("InvalidImageName"),
        CONFIG("CreateContainerConfigError"),
        CREATE("CreateContainerError"),
        SANDBOX("ContainerCreating"),
        VOLUMES("ContainerCreating");

        private final String reason;

        Kind(String reason) {
            this.reason = reason;
        }

        public String reason() {
            return reason;
        }
    }

    /**
     * One failure.
     *
     * @param count how many times in a row, from 1
     */
    public record Setback(Kind kind, String message, int count, Instant at) {
        /** How long a pull that failed is shown as such; then it is shown as waiting for the next one. */
        static final Duration FRESH = Duration.ofSeconds(3);

        /** When to try again: 10 s, 20 s, 40 s ... 5 min; wrong configuration may be mended any time and costs nothing to look at. */
        public Instant retryAt() {
            return at.plus(
                    switch (kind) {
                        case IMAGE_PULL, IMAGE_NEVER, IMAGE_NAME, CREATE -> Backoff.crash(count);
                        case CONFIG -> Duration.ofSeconds(5);
                        case SANDBOX, VOLUMES -> Backoff.doubling(count, Duration.ofSeconds(1), Duration.ofMinutes(1));
                    });
        }

        String reason(Instant now) {
            return kind == Kind.IMAGE_PULL && !now.isBefore(at.plus(FRESH)) ? "ImagePullBackOff" : kind.reason();
        }

        String message(Instant now, String image) {
            return reason(now).equals("ImagePullBackOff")
                    ? "Back-off pulling image \"" + image + "\": ErrImagePull: " + message
                    : message;
        }
    }

    public Setbacks withSandbox(String message, Instant now) {
        return new Setbacks(Optional.of(next(sandbox, Kind.SANDBOX, message, now)), volumes, containers);
    }

    public Setbacks withVolumes(String message, Instant now) {
        return new Setbacks(sandbox, Optional.of(next(volumes, Kind.VOLUMES, message, now)), containers);
    }

    public Setbacks withContainer(String name, Kind kind, String message, Instant now) {
        var all = new HashMap<>(containers);
        all.put(name, next(Optional.ofNullable(containers.get(name)), kind, message, now));
        return new Setbacks(sandbox, volumes, all);
    }

    public Setbacks withoutSandbox() {
        return new Setbacks(Optional.empty(), volumes, containers);
    }

    public Setbacks withoutVolumes() {
        return new Setbacks(sandbox, Optional.empty(), containers);
    }

    public Setbacks withoutContainer(String name) {
        if (!containers.containsKey(name)) {
            return this;
        }
        var all = new HashMap<>(containers);
        all.remove(name);
        return new Setbacks(sandbox, volumes, all);
    }

    /** ConfigMaps, Secrets or the pod itself have changed: what failed for want of them is tried at once. */
    public Setbacks afterSourcesChanged() {
        var all = new HashMap<>(containers);
        all.values().removeIf(s -> s.kind() == Kind.CONFIG);
        return new Setbacks(sandbox, Optional.empty(), all);
    }

    private static Setback next(Optional<Setback> before, Kind kind, String message, Instant now) {
        int count = before.filter(b -> b.kind() == kind).map(Setback::count).orElse(0) + 1;
        return new Setback(kind, message, count, now);
    }
}
