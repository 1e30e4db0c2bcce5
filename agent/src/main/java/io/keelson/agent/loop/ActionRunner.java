package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.Container;
import io.keelson.agent.pod.ConfigProblem;
import io.keelson.agent.pod.Configs;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.pod.Environment;
import io.keelson.agent.pod.PodObservation;
import io.keelson.agent.pod.PullPolicy;
import io.keelson.agent.pod.RuntimeAction;
import io.keelson.agent.pod.RuntimeAction.CreateSandbox;
import io.keelson.agent.pod.RuntimeAction.EndPod;
import io.keelson.agent.pod.RuntimeAction.LookAgain;
import io.keelson.agent.pod.RuntimeAction.RemoveContainer;
import io.keelson.agent.pod.RuntimeAction.RemoveSandbox;
import io.keelson.agent.pod.RuntimeAction.StartContainer;
import io.keelson.agent.pod.RuntimeAction.StopContainer;
import io.keelson.agent.pod.RuntimeAction.StopSandbox;
import io.keelson.agent.pod.Setbacks;
import io.keelson.agent.pod.Setbacks.Kind;
import io.keelson.agent.pod.Sources;
import io.keelson.agent.probe.Actions;
import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.volume.VolumeProblem;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** Carries out the actions of one plan, tells about them in events, and returns the setbacks as they are afterwards. */
final class ActionRunner {
    /** After a preStop hook has used up the grace, a container still gets this long after SIGTERM. */
    private static final Duration GRACE_AFTER_HOOK = Duration.ofSeconds(2);

    private final WorkerContext context;
    private final Optional<DesiredPod> pod;
    private final PodObservation seen;
    private Setbacks setbacks;

    /** {@code pod} is empty for one that is no longer wanted: only stopping and removing can be asked then. */
    ActionRunner(WorkerContext context, Optional<DesiredPod> pod, PodObservation seen, Setbacks setbacks) {
        this.context = context;
        this.pod = pod;
        this.seen = seen;
        this.setbacks = setbacks;
    }

    /** Throws {@link RuntimeFault.Unavailable} when the runtime is away: nothing is the pod's fault then. */
    Setbacks run(List<RuntimeAction> actions) throws InterruptedException {
        var stops = new ArrayList<StopContainer>();
        for (var action : actions) {
            if (action instanceof StopContainer stop) {
                stops.add(stop);
            }
        }
        stopSideBySide(stops);
        for (var action : actions) {
            if (!run(action)) {
                break;
            }
        }
        return setbacks;
    }

    /** False: the rest of the plan makes no sense now. */
    private boolean run(RuntimeAction action) {
        return switch (action) {
            case CreateSandbox create -> createSandbox(wanted(), create);
            case StopSandbox stop -> {
                context.runtime().stopSandbox(stop.sandbox());
                yield true;
            }
            case RemoveSandbox remove -> {
                context.runtime().removeSandbox(remove.sandbox());
                yield true;
            }
            case StartContainer start -> start(wanted(), start);
            case RemoveContainer remove -> {
                context.runtime().removeContainer(remove.container());
                yield true;
            }
            // Stops are done already; the others are the worker's.
            case StopContainer ignored -> true;
            case EndPod ignored -> true;
            case LookAgain ignored -> true;
        };
    }

    private DesiredPod wanted() {
        return pod.orElseThrow(() -> new IllegalStateException("nothing is started for a pod that is not wanted"));
    }

    private PodEvents events(DesiredPod wanted) {
        return new PodEvents(context.reporter(), wanted);
    }

    private Instant now() {
        return context.clock().instant();
    }

    private boolean createSandbox(DesiredPod wanted, CreateSandbox create) {
        if (volumes(wanted).isEmpty()) {
            return false;
        }
        try {
            context.runtime()
                    .runSandbox(
                            Configs.sandbox(wanted, create.attempt(), context.logs(), context.dns(), context.facts()));
            setbacks = setbacks.withoutSandbox();
            return true;
        } catch (RuntimeFault.Unavailable e) {
            throw e;
        } catch (RuntimeFault e) {
            var message = "Failed to create pod sandbox: " + text(e);
            setbacks = setbacks.withSandbox(message, now());
            events(wanted).warning("", "FailedCreatePodSandBox", message);
            return false;
        }
    }

    private Optional<Map<String, Path>> volumes(DesiredPod wanted) {
        try {
            var paths = context.volumes().prepare(wanted, context.desired().sources(), context.facts());
            setbacks = setbacks.withoutVolumes();
            return Optional.of(paths);
        } catch (VolumeProblem e) {
            mountFailed(wanted, e);
            return Optional.empty();
        }
    }

    private void mountFailed(DesiredPod wanted, VolumeProblem e) {
        setbacks = setbacks.withVolumes(text(e), now());
        events(wanted).warning("", "FailedMount", text(e));
    }

    /** Problems of one container leave the others alone; those of the volumes concern all. */
    private boolean start(DesiredPod wanted, StartContainer start) {
        var container = wanted.container(start.name())
                .orElseThrow(() -> new IllegalStateException("plan names container " + start.name()));
        var sandbox = seen.sandboxes().stream()
                .filter(s -> s.id().equals(start.sandbox()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("plan names sandbox " + start.sandbox()));
        var volumes = volumes(wanted);
        if (volumes.isEmpty()) {
            return false;
        }
        var sources = context.desired().sources();
        var image = image(wanted, container, sources);
        if (image.isEmpty()) {
            return true;
        }
        try {
            var id = create(wanted, container, start, sandbox, image.get(), volumes.get(), sources);
            setbacks = setbacks.withoutContainer(start.name());
            events(wanted).normal(start.name(), "Created", "Created container: " + start.name());
            begin(wanted, container, id, sandbox);
        } catch (VolumeProblem e) {
            mountFailed(wanted, e);
            return false;
        } catch (ConfigProblem e) {
            failed(wanted, start.name(), Kind.CONFIG, text(e));
        } catch (RuntimeFault.Unavailable e) {
            throw e;
        } catch (RuntimeFault e) {
            failed(wanted, start.name(), Kind.CREATE, text(e));
        }
        return true;
    }

    private void failed(DesiredPod wanted, String container, Kind kind, String message) {
        setbacks = setbacks.withContainer(container, kind, message, now());
        events(wanted).warning(container, "Failed", "Error: " + message);
    }

    private ContainerId create(
            DesiredPod wanted,
            Container container,
            StartContainer start,
            ObservedSandbox sandbox,
            Image image,
            Map<String, Path> volumes,
            Sources sources)
            throws ConfigProblem, VolumeProblem {
        var podIp = address(wanted, sandbox);
        var environment = Environment.of(wanted, container, sources, context.facts(), podIp);
        var mounts = context.volumes().mounts(wanted, container, start.attempt(), volumes, environment, podIp);
        var config = Configs.container(
                wanted, container, start.attempt(), start.streak(), seen, image, environment, mounts, context.facts());
        var sandboxConfig = Configs.sandbox(wanted, sandbox.attempt(), context.logs(), context.dns(), context.facts());
        return context.runtime().createContainer(sandbox.id(), sandboxConfig, config);
    }

    private String address(DesiredPod wanted, ObservedSandbox sandbox) {
        return wanted.hostNetwork()
                ? context.facts().address()
                : sandbox.ips().stream().findFirst().orElse("");
    }

    private void begin(DesiredPod wanted, Container container, ContainerId id, ObservedSandbox sandbox) {
        try {
            context.runtime().startContainer(id);
        } catch (RuntimeFault.StartFailed e) {
            // The runtime now shows it as ended; restart policy and back-off take it from there.
            events(wanted).warning(container.getName(), "Failed", "Error: " + text(e));
            return;
        }
        events(wanted).normal(container.getName(), "Started", "Started container " + container.getName());
        var hooks = container.getLifecycle();
        if (hooks != null && hooks.getPostStart() != null) {
            var target = new Actions.Target(id, container, address(wanted, sandbox));
            var outcome = context.actions().hook(hooks.getPostStart(), target, wanted.grace());
            if (!outcome.success()) {
                events(wanted)
                        .warning(
                                container.getName(),
                                "FailedPostStartHook",
                                "PostStartHook failed: " + outcome.message());
                context.runtime().stopContainer(id, wanted.grace());
            }
        }
    }

    private Optional<Image> image(DesiredPod wanted, Container container, Sources sources) {
        var name = container.getName();
        var image = Objects.requireNonNullElse(container.getImage(), "");
        var policy = PullPolicy.of(container);
        try {
            var present = policy == PullPolicy.ALWAYS
                    ? Optional.<Image>empty()
                    : context.runtime().findImage(image);
            if (present.isPresent()) {
                events(wanted).normal(name, "Pulled", "Container image \"" + image + "\" already present on machine");
                return present;
            }
            if (policy == PullPolicy.NEVER) {
                failed(
                        wanted,
                        name,
                        Kind.IMAGE_NEVER,
                        "Container image \"" + image + "\" is not present with pull policy of Never");
                return Optional.empty();
            }
            events(wanted).normal(name, "Pulling", "Pulling image \"" + image + "\"");
            var begun = now();
            var pulled = context.runtime().pullImage(image, RegistryLogins.find(wanted, sources, image));
            var took = Duration.between(begun, now());
            events(wanted)
                    .normal(name, "Pulled", "Successfully pulled image \"" + image + "\" in " + took.toMillis() + "ms");
            return Optional.of(pulled);
        } catch (RuntimeFault.InvalidImageName e) {
            var message = "Failed to apply default image tag \"" + image + "\": " + text(e);
            setbacks = setbacks.withContainer(name, Kind.IMAGE_NAME, message, now());
            events(wanted).warning(name, "InspectFailed", message);
        } catch (RuntimeFault.ImagePullFailed e) {
            setbacks = setbacks.withContainer(name, Kind.IMAGE_PULL, text(e), now());
            events(wanted).warning(name, "Failed", "Failed to pull image \"" + image + "\": " + text(e));
            events(wanted).warning(name, "Failed", "Error: ErrImagePull");
        }
        return Optional.empty();
    }

    private void stopSideBySide(List<StopContainer> stops) throws InterruptedException {
        var tasks = new ArrayList<FutureTask<Optional<RuntimeException>>>();
        for (var stop : stops) {
            var task = new FutureTask<Optional<RuntimeException>>(() -> {
                try {
                    stop(stop);
                    return Optional.empty();
                } catch (RuntimeException e) {
                    return Optional.of(e);
                }
            });
            tasks.add(task);
            Thread.ofVirtual().name("stop-" + stop.name()).start(task);
        }
        Optional<RuntimeException> failure = Optional.empty();
        for (var task : tasks) {
            try {
                var failed = task.get();
                failure = failure.isPresent() ? failure : failed;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private void stop(StopContainer stop) {
        pod.ifPresent(p -> events(p).normal(stop.name(), "Killing", stop.why()));
        var begun = now();
        var hooked = pod.flatMap(p -> p.container(stop.name()))
                .filter(c -> c.getLifecycle() != null && c.getLifecycle().getPreStop() != null);
        if (hooked.isPresent() && stop.grace().isPositive()) {
            var address = seen.containers().stream()
                    .filter(c -> c.id().equals(stop.container()))
                    .map(ObservedContainer::sandbox)
                    .flatMap(id -> seen.sandboxes().stream().filter(s -> s.id().equals(id)))
                    .map(s -> address(wanted(), s))
                    .findFirst()
                    .orElse("");
            var outcome = context.actions()
                    .hook(
                            hooked.get().getLifecycle().getPreStop(),
                            new Actions.Target(stop.container(), hooked.get(), address),
                            stop.grace());
            if (!outcome.success()) {
                events(wanted()).warning(stop.name(), "FailedPreStopHook", "PreStopHook failed: " + outcome.message());
            }
        }
        var left = stop.grace().minus(Duration.between(begun, now()));
        boolean atOnce = !stop.grace().isPositive();
        context.runtime()
                .stopContainer(
                        stop.container(),
                        atOnce
                                ? Duration.ZERO
                                : left.compareTo(GRACE_AFTER_HOOK) > 0 ? left : min(stop.grace(), GRACE_AFTER_HOOK));
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static String text(Throwable e) {
        return Objects.requireNonNullElse(e.getMessage(), e.toString());
    }
}
