package io.keelson.store.raft;

import io.keelson.store.metrics.Timing;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.ratis.metrics.LongCounter;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.Timekeeper;
import org.apache.ratis.util.TimeDuration;

/**
 * Takes the place of Ratis' own metrics, which keep samples and no histogram: what is wanted of them goes to {@link RaftMetrics} as it
 * happens, the rest is counted and forgotten. Ratis finds this class by its service file, once a process; members are told apart by the
 * prefix of their registries.
 */
public final class RatisMeters extends MetricRegistries {

    private static final Map<String, RaftMetrics> MEMBERS = new ConcurrentHashMap<>();

    private final Map<MetricRegistryInfo, RatisMetricRegistry> registries = new ConcurrentHashMap<>();

    /** Made by Ratis. */
    public RatisMeters() {}

    /** What Ratis measures for a member from now on goes there. */
    static void attach(String member, RaftMetrics metrics) {
        MEMBERS.put(member, metrics);
    }

    /** The member is closed. A successor of the same name gets registries of its own. */
    static void detach(String member, RaftMetrics metrics) {
        if (MEMBERS.remove(member, metrics)) {
            MetricRegistries all = MetricRegistries.global();
            all.getMetricRegistryInfos().stream()
                    .filter(info -> info.getPrefix().equals(member))
                    .forEach(all::remove);
        }
    }

    @Override
    public RatisMetricRegistry create(MetricRegistryInfo info) {
        return registries.computeIfAbsent(
                info, each -> new Registry(each, Optional.ofNullable(MEMBERS.get(each.getPrefix()))));
    }

    @Override
    public boolean remove(MetricRegistryInfo info) {
        return registries.remove(info) != null;
    }

    @Override
    public Optional<RatisMetricRegistry> get(MetricRegistryInfo info) {
        return Optional.ofNullable(registries.get(info));
    }

    @Override
    public Set<MetricRegistryInfo> getMetricRegistryInfos() {
        return Set.copyOf(registries.keySet());
    }

    @Override
    public Collection<RatisMetricRegistry> getMetricRegistries() {
        return List.copyOf(registries.values());
    }

    @Override
    public void clear() {
        registries.clear();
    }

    /** Nobody reports from here: the page asks. */
    @Override
    public void addReporterRegistration(Consumer<RatisMetricRegistry> added, Consumer<RatisMetricRegistry> removed) {}

    @Override
    public void enableJmxReporter() {}

    @Override
    public void enableConsoleReporter(TimeDuration interval) {}

    /** One of the sets of metrics that Ratis makes for a member. */
    private static final class Registry implements RatisMetricRegistry {

        private final MetricRegistryInfo info;
        private final Optional<RaftMetrics> member;
        private final Map<String, Timekeeper> timers = new ConcurrentHashMap<>();
        private final Map<String, LongCounter> counters = new ConcurrentHashMap<>();

        Registry(MetricRegistryInfo info, Optional<RaftMetrics> member) {
            this.info = info;
            this.member = member;
        }

        @Override
        public Timekeeper timer(String name) {
            return timers.computeIfAbsent(
                    name,
                    each -> timekeeper(
                            member.flatMap(metrics -> metrics.timing(info.getMetricsComponentName(), each))));
        }

        private static Timekeeper timekeeper(Optional<Timing> timing) {
            Timing target = timing.orElse(_ -> {});
            return () -> {
                long start = System.nanoTime();
                return () -> {
                    long nanos = System.nanoTime() - start;
                    target.record(nanos);
                    return nanos;
                };
            };
        }

        @Override
        public LongCounter counter(String name) {
            return counters.computeIfAbsent(name, _ -> new Counter());
        }

        @Override
        public boolean remove(String name) {
            boolean timed = timers.remove(name) != null;
            return counters.remove(name) != null || timed;
        }

        /** None of Ratis' gauges is shown. */
        @Override
        public <T> void gauge(String name, Supplier<Supplier<T>> value) {}

        @Override
        public MetricRegistryInfo getMetricRegistryInfo() {
            return info;
        }
    }

    /** For Ratis' own eyes: none is shown. */
    private static final class Counter implements LongCounter {

        private final LongAdder value = new LongAdder();

        @Override
        public void inc(long number) {
            value.add(number);
        }

        @Override
        public void dec(long number) {
            value.add(-number);
        }

        @Override
        public long getCount() {
            return value.sum();
        }
    }
}
