package io.keelson.orchestrator.rpc;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ContainerIo;
import io.keelson.orchestrator.api.LogQuery;
import io.keelson.orchestrator.api.LogStream;
import io.keelson.orchestrator.api.NodeLogs;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.api.NodeStreams;
import io.keelson.orchestrator.api.NodeUsage;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.v1.AttachQuestion;
import io.keelson.proto.v1.ConnectQuestion;
import io.keelson.proto.v1.ExecQuestion;
import io.keelson.proto.v1.LogsQuestion;
import io.keelson.proto.v1.TunnelQuestion;
import io.keelson.proto.v1.UsageQuestion;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/** The tunnels that agents keep open to this server, by node. */
public final class Tunnels implements NodeLogs, NodeStreams, NodeUsage {

    /** How often a tunnel is looked after; an agent that was killed is noticed at the second look. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    private static final Duration USAGE = Duration.ofSeconds(5);

    private static final int USAGE_BYTES_MAX = 4 * 1024 * 1024;

    private final Map<String, Tunnel> byNode = new ConcurrentHashMap<>();

    /** Takes a new tunnel; one that the node had before is of no use any more. */
    void opened(String node, Tunnel tunnel) {
        Tunnel old = byNode.put(node, tunnel);
        if (old != null) {
            old.broken("node " + node + " has opened another connection");
        }
        Thread.ofVirtual().name("tunnel-of-" + node).start(() -> follow(node, tunnel));
    }

    private void follow(String node, Tunnel tunnel) {
        try {
            while (tunnel.isThere()) {
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException e) {
            // The server ends.
            Thread.currentThread().interrupt();
        }
        closed(node, tunnel);
    }

    void closed(String node, Tunnel tunnel) {
        byNode.remove(node, tunnel);
        tunnel.broken("the connection to node " + node + " is lost");
    }

    private Tunnel to(String node) {
        return Optional.ofNullable(byNode.get(node))
                .orElseThrow(() -> new ApiException(
                        Reason.SERVICE_UNAVAILABLE,
                        "node " + node + " has no connection to this server; is its agent running?"));
    }

    @Override
    public LogStream open(String node, String namespace, String pod, String uid, LogQuery query) {
        LogsQuestion.Builder question = LogsQuestion.newBuilder()
                .setNamespace(namespace)
                .setPod(pod)
                .setUid(uid)
                .setContainer(query.container())
                .setFollow(query.follow())
                .setPrevious(query.previous())
                .setTimestamps(query.timestamps())
                .setSinceTime(query.sinceTime());
        query.tailLines().ifPresent(question::setTailLines);
        query.sinceSeconds().ifPresent(question::setSinceSeconds);
        query.limitBytes().ifPresent(question::setLimitBytes);
        return new Log(to(node).ask(TunnelQuestion.newBuilder().setLogs(question)));
    }

    /** A stream of which only one side is used. */
    private record Log(NodeStream stream) implements LogStream {

        @Override
        public Optional<byte[]> next(Duration patience) throws InterruptedException {
            return switch (stream.next(patience)) {
                case NodeStream.Piece.Output output -> Optional.of(output.bytes());
                case NodeStream.Piece.Errors errors -> Optional.of(errors.bytes());
                case NodeStream.Piece.Silence _ -> Optional.of(new byte[0]);
                case NodeStream.Piece.End _ -> Optional.empty();
            };
        }

        @Override
        public void close() {
            stream.close();
        }
    }

    @Override
    public NodeStream exec(Where where, String container, List<String> command, ContainerIo io)
            throws InterruptedException {
        ExecQuestion question = ExecQuestion.newBuilder()
                .setNamespace(where.namespace())
                .setPod(where.pod())
                .setUid(where.uid())
                .setContainer(container)
                .addAllCommand(command)
                .setIo(wire(io))
                .build();
        return to(where.node())
                .ask(TunnelQuestion.newBuilder().setExec(question))
                .begun();
    }

    @Override
    public NodeStream attach(Where where, String container, ContainerIo io) throws InterruptedException {
        AttachQuestion question = AttachQuestion.newBuilder()
                .setNamespace(where.namespace())
                .setPod(where.pod())
                .setUid(where.uid())
                .setContainer(container)
                .setIo(wire(io))
                .build();
        return to(where.node())
                .ask(TunnelQuestion.newBuilder().setAttach(question))
                .begun();
    }

    @Override
    public NodeStream connect(Where where, int port) throws InterruptedException {
        ConnectQuestion question = ConnectQuestion.newBuilder()
                .setNamespace(where.namespace())
                .setPod(where.pod())
                .setUid(where.uid())
                .setPort(port)
                .build();
        return to(where.node())
                .ask(TunnelQuestion.newBuilder().setConnect(question))
                .begun();
    }

    @Override
    public ObjectNode usage(String node) throws InterruptedException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (NodeStream stream =
                to(node).ask(TunnelQuestion.newBuilder().setUsage(UsageQuestion.getDefaultInstance()))) {
            while (answer.size() <= USAGE_BYTES_MAX) {
                switch (stream.next(USAGE)) {
                    case NodeStream.Piece.Output output -> answer.writeBytes(output.bytes());
                    case NodeStream.Piece.Errors _ -> {}
                    case NodeStream.Piece.Silence _ ->
                        throw new ApiException(
                                Reason.TIMEOUT,
                                "node " + node + " does not say within " + USAGE.toSeconds() + " s what it uses");
                    case NodeStream.Piece.End _ -> {
                        return Json.parse(answer.toByteArray());
                    }
                }
            }
        } catch (MalformedJsonException e) {
            throw new ApiException(Reason.INTERNAL_ERROR, "node " + node + " says what cannot be read");
        }
        throw new ApiException(Reason.INTERNAL_ERROR, "node " + node + " says more than anybody wants to know");
    }

    private static io.keelson.proto.v1.ContainerIo wire(ContainerIo wanted) {
        return io.keelson.proto.v1.ContainerIo.newBuilder()
                .setStdin(wanted.stdin())
                .setStdout(wanted.stdout())
                .setStderr(wanted.stderr())
                .setTty(wanted.terminal())
                .build();
    }
}
