package io.keelson.agent.rpc;

import io.keelson.agent.stream.Questions;
import io.keelson.proto.v1.NodesGrpc;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Keeps one tunnel open to every server and answers what comes down. */
public final class Tunnels implements AutoCloseable {
    private static final Duration RETRY_FIRST = Duration.ofMillis(250);
    private static final Duration RETRY_MAX = Duration.ofSeconds(10);

    private final Servers servers;
    private final String node;
    private final Questions questions;
    private final InstantSource clock;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    public Tunnels(Servers servers, String node, Questions questions, InstantSource clock) {
        this.servers = servers;
        this.node = node;
        this.questions = questions;
        this.clock = clock;
        for (int i = 0; i < servers.count(); i++) {
            int server = i;
            threads.add(Thread.ofVirtual().name("tunnel-" + servers.address(i)).start(() -> keep(server)));
        }
    }

    private void keep(int server) {
        var wait = RETRY_FIRST;
        try {
            while (!closed) {
                var tunnel = new TunnelEnd(node, questions, clock);
                NodesGrpc.newStub(servers.channel(server)).tunnel(tunnel);
                tunnel.run();
                wait = tunnel.isAnswered() ? RETRY_FIRST : min(wait.multipliedBy(2), RETRY_MAX);
                Thread.sleep(wait.toMillis() / 2 + ThreadLocalRandom.current().nextLong(wait.toMillis() / 2 + 1));
            }
        } catch (InterruptedException e) {
            // Closed.
            Thread.currentThread().interrupt();
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
