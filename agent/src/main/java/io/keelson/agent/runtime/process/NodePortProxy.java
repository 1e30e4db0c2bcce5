package io.keelson.agent.runtime.process;

import io.keelson.agent.proxy.ServiceRouter;
import io.keelson.agent.proxy.ServiceTable;
import io.keelson.agent.proxy.ServiceTable.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Services for pods without a network of their own: listens on each TCP NodePort of the node's address and passes connections on, in turn. */
public final class NodePortProxy implements ServiceRouter {
    /** Connections at a time, per port; more wait in the listener's backlog. */
    static final int CONNECTIONS_MAX = 1_024;

    private static final int CONNECT_MILLIS = 2_000;

    private final String address;
    private final Map<Integer, Listener> listeners = new HashMap<>();

    public NodePortProxy(String address) {
        this.address = address;
    }

    @Override
    public synchronized void apply(ServiceTable table) {
        var wanted = new HashMap<Integer, List<Endpoint>>();
        for (var service : table.services()) {
            for (var port : service.ports()) {
                if (port.nodePort() > 0 && port.protocol() == ServiceTable.Protocol.TCP) {
                    wanted.put(port.nodePort(), port.endpoints());
                }
            }
        }
        listeners.entrySet().removeIf(e -> {
            boolean gone = !wanted.containsKey(e.getKey());
            if (gone) {
                e.getValue().close();
            }
            return gone;
        });
        var problems = new ArrayList<String>();
        wanted.forEach((port, endpoints) -> {
            try {
                if (!listeners.containsKey(port)) {
                    listeners.put(port, new Listener(port));
                }
                listeners.get(port).endpoints = endpoints;
            } catch (IOException e) {
                problems.add("nodePort " + port + " on " + address + ": " + e.getMessage());
            }
        });
        if (!problems.isEmpty()) {
            throw new IllegalStateException(String.join("; ", problems));
        }
    }

    @Override
    public synchronized void close() {
        listeners.values().forEach(Listener::close);
        listeners.clear();
    }

    private final class Listener implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket();
        private final Semaphore free = new Semaphore(CONNECTIONS_MAX);
        private final AtomicInteger turn = new AtomicInteger();
        private volatile List<Endpoint> endpoints = List.of();

        private Listener(int port) throws IOException {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            Thread.ofVirtual().name("nodeport-" + port).start(this::accept);
        }

        private void accept() {
            try {
                while (true) {
                    free.acquire();
                    var client = socket.accept();
                    Thread.ofVirtual().start(() -> {
                        try {
                            serve(client);
                        } finally {
                            free.release();
                        }
                    });
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException e) {
                // Closed: the service has no such port any more.
                close();
            }
        }

        /** Tries each endpoint once, beginning with the next in turn; with none that answers, the client sees a reset. */
        private void serve(Socket client) {
            var now = endpoints;
            try (client) {
                for (int i = 0; i < now.size(); i++) {
                    var endpoint = now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
                    if (pass(client, endpoint)) {
                        return;
                    }
                }
                client.setSoLinger(true, 0);
            } catch (IOException e) {
                // The client has gone.
                return;
            }
        }

        /** False: the endpoint does not answer; its readiness will say so soon. */
        private boolean pass(Socket client, Endpoint endpoint) {
            try (var server = new Socket()) {
                server.connect(new InetSocketAddress(endpoint.ip(), endpoint.port()), CONNECT_MILLIS);
                join(client, server);
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        private void join(Socket client, Socket server) {
            var back = Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
            try {
                back.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void copy(Socket from, Socket to) {
            try {
                from.getInputStream().transferTo(to.getOutputStream());
                to.shutdownOutput();
            } catch (IOException e) {
                // One side has gone, so both go.
                closeQuietly(from);
                closeQuietly(to);
            }
        }

        private void closeQuietly(Socket socket) {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed all the same.
                return;
            }
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                // Closed all the same.
                return;
            }
        }
    }
}
