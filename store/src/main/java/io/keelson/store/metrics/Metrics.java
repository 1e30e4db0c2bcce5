package io.keelson.store.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** All metrics of one member. A name is given once; twice is a mistake and throws. Thread safe. */
public final class Metrics {

    /** What the page is, for its header. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final double NANOS = 1e9;

    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final List<Runnable> beforePage = new CopyOnWriteArrayList<>();

    /** With those of the process and its JVM. */
    public Metrics() {
        ProcessMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmThreadsMetrics.builder().register(registry);
        JvmBufferPoolMetrics.builder().register(registry);
    }

    /** A count; its name ends in {@code _total}. */
    public Count count(String name, String help) {
        return count(counter(name, help).register(registry));
    }

    /** Counts that labels tell apart. */
    public Labelled<Count> counts(String name, String help, String... labels) {
        Counter counter = counter(name, help).labelNames(labels).register(registry);
        return values -> count(counter.labelValues(values));
    }

    private static Counter.Builder counter(String name, String help) {
        return Counter.builder().name(name).help(help).withoutExemplars();
    }

    private static Count count(CounterDataPoint point) {
        return point::inc;
    }

    /** A count that is kept elsewhere. */
    public void countFrom(String name, String help, LongSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(point -> point.call((double) value.getAsLong()))
                .register(registry);
    }

    /** Durations. */
    public Timing timing(String name, String help, Buckets buckets) {
        return timing(histogram(name, help, buckets).register(registry));
    }

    /** Durations that labels tell apart. */
    public Labelled<Timing> timings(String name, String help, Buckets buckets, String... labels) {
        Histogram histogram = histogram(name, help, buckets).labelNames(labels).register(registry);
        return values -> timing(histogram.labelValues(values));
    }

    private static Histogram.Builder histogram(String name, String help, Buckets buckets) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .classicOnly()
                .withoutExemplars()
                .classicUpperBounds(buckets.upperBoundsSeconds().stream()
                        .mapToDouble(Double::doubleValue)
                        .toArray());
    }

    private static Timing timing(DistributionDataPoint point) {
        return nanos -> point.observe(nanos / NANOS);
    }

    /** A value that goes up and down, asked for when a page is made. */
    public void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(point -> point.call(value.getAsDouble()))
                .register(registry);
    }

    /** Something that does not change, as the label of a 1. */
    public void fact(String name, String help, String label, String value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(point -> point.call(1, value))
                .register(registry);
    }

    /**
     * What there is at the moment, each as the labels of a 1.
     *
     * @param now asked for when a page is made; as many values each as there are labels
     */
    public void present(String name, String help, List<String> labels, Supplier<List<List<String>>> now) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(point -> now.get().forEach(values -> point.call(1, values.toArray(String[]::new))))
                .register(registry);
    }

    /** Values that labels tell apart, each of which goes up and down; asked for when a page is made. */
    public void gauges(String name, String help, List<String> labels, Supplier<List<Reading>> now) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(point -> now.get().forEach(each -> point.call(each.value(), each.labelValues())))
                .register(registry);
    }

    /** Counts that labels tell apart and that are kept elsewhere; asked for when a page is made. */
    public void countsFrom(String name, String help, List<String> labels, Supplier<List<Reading>> now) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(labels.toArray(String[]::new))
                .callback(point -> now.get().forEach(each -> point.call(each.value(), each.labelValues())))
                .register(registry);
    }

    /** Calls {@code look} before each page: what several gauges need is then looked up once. */
    public void beforePage(Runnable look) {
        beforePage.add(look);
    }

    /** All of it, as it is now, in the text form of Prometheus. */
    public String page() {
        beforePage.forEach(Runnable::run);
        var bytes = new ByteArrayOutputStream(64 << 10);
        try {
            PrometheusTextFormatWriter.builder().build().write(bytes, registry.scrape());
        } catch (IOException e) {
            throw new UncheckedIOException("memory is no disk", e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
