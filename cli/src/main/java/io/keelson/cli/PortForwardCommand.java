package io.keelson.cli;

import io.grpc.StatusException;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.cli.stream.Connection;
import io.keelson.proto.v1.PortForwardStart;
import io.keelson.proto.v1.StreamsGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson port-forward}: ports of this machine that lead to a pod's, until the command is ended. */
final class PortForwardCommand implements Command {

    /** So many connections are carried at once; more wait. A node carries 256 for one server. */
    private static final int CONNECTIONS_MAX = 200;

    private static final int BACKLOG = 50;

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "port-forward",
                "POD | TYPE/NAME [LOCAL:]REMOTE...",
                "Lets ports of this machine lead to a pod's, for example:",
                "  keelson port-forward service/hello 8080:80",
                "  keelson port-forward web :80",
                "");
        spec.addOption(Options.text("--address", "ADDRESS", "Where to listen; default: 127.0.0.1."))
                .addPositional(Options.rest("WHAT", "A pod, or what owns pods; then ports."));
        return Client.options(spec);
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var words = Options.words(parsed);
        if (words.size() < 2)
            throw Trouble.usage("forward which ports? For example:  keelson port-forward service/hello 8080:80");
        var ports = words.stream().skip(1).map(ForwardedPort::parse).toList();
        try (var client = Client.connect(parsed, terminal);
                var forward = new Forward(client, words.getFirst(), terminal)) {
            forward.listen(Options.text(parsed, "--address").orElse("127.0.0.1"), ports);
            new CountDownLatch(1).await();
            return 0;
        }
    }

    /** One run of the command. */
    private static final class Forward implements AutoCloseable {
        private final Client client;
        private final Terminal terminal;
        private final String word;
        private final String pod;
        private final Semaphore seats = new Semaphore(CONNECTIONS_MAX);
        private final List<ServerSocket> listening = new ArrayList<>();

        Forward(Client client, String word, Terminal terminal) throws InterruptedException {
            this.client = client;
            this.word = word;
            this.terminal = terminal;
            this.pod = Pods.one(client, word);
        }

        void listen(String address, List<ForwardedPort> ports) throws InterruptedException {
            var object = client.get("pods", pod);
            var phase = object.path("status").path("phase").asString("");
            if (!phase.equals("Running"))
                throw Trouble.of("unable to forward port because pod is not running. Current status=" + phase);
            var service = ForwardedPort.service(word);
            var meant = ports;
            if (service.isPresent()) {
                var found = client.get("services", service.get());
                meant = ports.stream().map(port -> port.ofService(found)).toList();
            }
            for (int i = 0; i < ports.size(); i++) {
                int local = meant.get(i).local();
                int remote = meant.get(i).ofPod(object);
                try {
                    var socket = new ServerSocket(local, BACKLOG, InetAddress.getByName(address));
                    listening.add(socket);
                    say("Forwarding from " + address + ":" + socket.getLocalPort() + " -> " + remote);
                    Thread.ofVirtual().name("listen").start(() -> accept(socket, remote));
                } catch (IOException taken) {
                    throw Trouble.because(
                            taken, "unable to listen on port " + local + " of " + address + ": " + taken.getMessage());
                }
            }
        }

        private void accept(ServerSocket from, int remote) {
            while (!from.isClosed()) {
                try {
                    var socket = from.accept();
                    say("Handling connection for " + from.getLocalPort());
                    seats.acquire();
                    Thread.ofVirtual().name("connection").start(() -> {
                        carry(socket, from.getLocalPort(), remote);
                        seats.release();
                    });
                } catch (IOException closed) {
                    return;
                } catch (InterruptedException told) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }

        private void carry(Socket socket, int local, int remote) {
            try (socket) {
                open(remote).carry(socket);
            } catch (Trouble | StatusException failed) {
                complain(local, remote, failed);
            } catch (IOException gone) {
                // The user's program has heard enough.
            } catch (InterruptedException told) {
                Thread.currentThread().interrupt();
            }
        }

        /** One after the other: while a server that has gone is looked for, all wait for the same. */
        private synchronized Connection open(int remote) throws InterruptedException {
            var start = PortForwardStart.newBuilder()
                    .setNamespace(client.namespace())
                    .setPod(pod)
                    .setPort(remote)
                    .build();
            return client.servers()
                    .on(channel -> Connection.open(
                            StreamsGrpc.newBlockingV2Stub(channel).portForward(), start));
        }

        private void complain(int local, int remote, Exception failed) {
            synchronized (terminal) {
                terminal.err()
                        .println("error: an error occurred forwarding " + local + " -> " + remote
                                + ": error forwarding port " + remote + " to pod " + pod + ": " + failed.getMessage());
            }
        }

        private void say(String line) {
            synchronized (terminal) {
                terminal.out().println(line);
                terminal.out().flush();
            }
        }

        @Override
        public void close() {
            for (var socket : listening) {
                try {
                    socket.close();
                } catch (IOException failed) {
                    throw new UncheckedIOException(failed);
                }
            }
        }
    }
}
