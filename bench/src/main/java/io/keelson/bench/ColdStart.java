package io.keelson.bench;

import com.google.protobuf.ByteString;
import io.keelson.bench.Figure.Bar;
import io.keelson.bench.Figure.Good;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A follower with 1 GiB of data is stopped, its files are taken out of the kernel's cache, and it is started: the time until it answers
 * a linearizable read. Once after SIGTERM, once after SIGKILL.
 */
final class ColdStart implements Workload {

    private static final ByteString VALUE = Data.value(4096);
    private static final int KEYS = 262_144;
    private static final int KEYS_IN_TRANSACTION = 32;
    private static final String LOAD = "start of a member with 1 GiB of data, cold cache";
    private static final Figure CLEAN = new Figure(LOAD, "s, after SIGTERM", Good.LESS, new Bar.Value(5));
    private static final Figure KILLED = new Figure(LOAD, "s, after SIGKILL", Good.LESS, new Bar.Value(5));
    private static final Figure DISK = new Figure(LOAD, "MiB in its data directory", Good.LESS, Figure.NONE);

    private final Set<Cluster> filled = new HashSet<>();

    @Override
    public Map<Figure, Double> visit(Cluster cluster) throws IOException, InterruptedException {
        if (filled.add(cluster)) {
            Data.fill(cluster, "cold/", KEYS, KEYS_IN_TRANSACTION, VALUE);
        }
        int member = cluster.follower();
        var figures = new LinkedHashMap<Figure, Double>();
        figures.put(CLEAN, restart(cluster, member, Cluster.Stop.TERMINATE));
        figures.put(KILLED, restart(cluster, member, Cluster.Stop.KILL));
        try (Stream<Path> files = Files.walk(cluster.dataDir(member))) {
            Set<Object> counted = new HashSet<>();
            figures.put(DISK, files.mapToLong(file -> newBytes(file, counted)).sum() / 1024.0 / 1024);
        }
        return figures;
    }

    private static double restart(Cluster cluster, int member, Cluster.Stop how)
            throws IOException, InterruptedException {
        cluster.stopMember(member, how);
        dropFromCache(cluster.dataDir(member));
        long begun = System.nanoTime();
        cluster.startMember(member);
        cluster.awaitServing(member);
        return (System.nanoTime() - begun) / 1e9;
    }

    /** A file that has several names, as in snapshots, counts once. */
    private static long newBytes(Path file, Set<Object> counted) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile() && counted.add(attributes.fileKey()) ? attributes.size() : 0;
        } catch (IOException e) {
            // Removed meanwhile: the member is at work.
            return 0;
        }
    }

    /** With dd, which can ask the kernel for it (posix_fadvise); Java cannot. */
    private static void dropFromCache(Path directory) throws IOException, InterruptedException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                int code = new ProcessBuilder(
                                "dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0", "status=none")
                        .inheritIO()
                        .start()
                        .waitFor();
                if (code != 0) {
                    throw new IOException("dd could not take " + file + " out of the cache");
                }
            }
        }
    }
}
