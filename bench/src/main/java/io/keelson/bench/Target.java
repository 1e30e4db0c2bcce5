package io.keelson.bench;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One store under load.
 *
 * @param name what the table calls it
 * @param endpoints client addresses, {@code host:port}, plain text
 * @param pids its processes, for the CPU that it used; may be empty
 */
record Target(String name, List<String> endpoints, List<Long> pids) {

    /** Reads {@code NAME=HOST:PORT[,HOST:PORT...][@PID[,PID...]]}. */
    static Target parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("target: expected NAME=HOST:PORT,...[@PID,...], found " + text);
        }
        String[] parts = text.substring(equals + 1).split("@", 2);
        List<Long> pids = parts.length < 2
                ? List.of()
                : List.of(parts[1].split(",", -1)).stream().map(Long::valueOf).toList();
        return new Target(text.substring(0, equals), List.of(parts[0].split(",", -1)), pids);
    }

    /** Opens {@code count} connections, in turn to each endpoint. */
    List<ManagedChannel> connect(int count) {
        var channels = new ArrayList<ManagedChannel>();
        for (int i = 0; i < count; i++) {
            channels.add(NettyChannelBuilder.forTarget(endpoints.get(i % endpoints.size()))
                    .usePlaintext()
                    .directExecutor()
                    .build());
        }
        return channels;
    }

    /** CPU seconds, user and system, that its processes have used so far. */
    double cpuSeconds() {
        double sum = 0;
        for (long pid : pids) {
            try {
                String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
                // The name in parentheses may hold spaces: count fields behind it. Field 14 and 15 of proc(5), in ticks
                // of 10 ms.
                String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
                sum += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
            } catch (IOException e) {
                throw new IllegalStateException("process " + pid + " of " + name + " is gone", e);
            }
        }
        return sum;
    }
}
