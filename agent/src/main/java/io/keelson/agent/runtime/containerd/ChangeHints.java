package io.keelson.agent.runtime.containerd;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.keelson.proto.containerd.events.EventsGrpc;
import io.keelson.proto.containerd.events.SubscribeRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Hears containerd's events and passes on the hint that something changed.
 *
 * <p>The events are containerd's own, which every version has; CRI's came with 1.7. CRI's view follows the same events, so it may lag a moment
 * behind the hint: hence a hint at once and two more shortly after. Any number of events in that time make no more hints than these.
 */
final class ChangeHints implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ChangeHints.class.getName());
    private static final String FILTER = "namespace==" + Namespaced.NAMESPACE + ",topic~=\"^/tasks/\"";
    private static final List<Duration> DELAYS =
            List.of(Duration.ofMillis(10), Duration.ofMillis(120), Duration.ofMillis(600));
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final ManagedChannel channel;
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("containerd-hints").factory());
    private final Set<Duration> pending = ConcurrentHashMap.newKeySet();
    private final Thread reader;
    private volatile Runnable listener = () -> {};
    private volatile boolean closed;

    ChangeHints(ManagedChannel channel) {
        this.channel = channel;
        this.reader = Thread.ofPlatform().daemon().name("containerd-events").start(() -> context.run(this::read));
    }

    void onChange(Runnable changed) {
        listener = changed;
    }

    /** Something may have changed. */
    void hint() {
        for (Duration delay : DELAYS) {
            if (!closed && pending.add(delay)) {
                var _ = clock.schedule(() -> tell(delay), delay.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void tell(Duration delay) {
        pending.remove(delay);
        try {
            listener.run();
        } catch (RuntimeException e) {
            // The clock must go on; whoever listens lists anyway now and then.
            LOG.log(WARNING, "a listener to changes failed", e);
        }
    }

    private void read() {
        while (!closed) {
            try {
                EventsGrpc.newBlockingStub(channel)
                        .withWaitForReady()
                        .subscribe(
                                SubscribeRequest.newBuilder().addFilters(FILTER).build())
                        .forEachRemaining(event -> hint());
            } catch (StatusRuntimeException e) {
                LOG.log(DEBUG, "containerd''s events ended: {0}", Faults.text(e));
            }
            // What happened in between was not heard.
            hint();
            try {
                Thread.sleep(AGAIN);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        context.cancel(null);
        reader.interrupt();
        clock.shutdownNow();
    }
}
