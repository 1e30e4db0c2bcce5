package io.keelson.orchestrator.http;

import io.keelson.orchestrator.access.GuardedStream;
import io.keelson.orchestrator.access.Renewal;
import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.ContainerIo;
import io.keelson.orchestrator.api.NodeStream;
import io.keelson.orchestrator.api.PodStreams;
import io.keelson.orchestrator.auth.Access;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Commands in containers and connections to pods: requests that leave HTTP. By WebSocket, as clients do now, or by SPDY/3.1, as kubectl did
 * before 1.30 and does for ports before 1.31. The node is asked first, so that what it refuses is told by a Status.
 */
final class StreamDoor {

    private static final Set<String> SUBRESOURCES = Set.of("exec", "attach", "portforward");

    /** In the order in which Kubernetes prefers them. The last differs from the one before it in that stdin can end by itself. */
    private static final List<String> OVER_WEBSOCKET = List.of("v5.channel.k8s.io", "v4.channel.k8s.io");

    private static final List<String> OVER_SPDY = List.of("v5.channel.k8s.io", "v4.channel.k8s.io");

    private static final String PORTS_IN_WEBSOCKET = "SPDY/3.1+portforward.k8s.io";
    private static final String PORTS_OVER_WEBSOCKET = "v4.channel.k8s.io";
    private static final String PORTS_OVER_SPDY = "portforward.k8s.io";

    private final PodStreams streams;

    StreamDoor(PodStreams streams) {
        this.streams = streams;
    }

    /** Serves the request if it is of this kind; returns when all is over. */
    boolean served(Exchange exchange, Target target) throws InterruptedException, Exchange.GoneException {
        if (!target.kind().equals(Kinds.POD) || !SUBRESOURCES.contains(target.subresource())) {
            return false;
        }
        if (!Set.of("GET", "POST").contains(exchange.method())) {
            throw new ApiException(
                    Reason.METHOD_NOT_ALLOWED, "the server does not allow this method on the requested resource");
        }
        // A WebSocket begins with a GET. Who may only look must not get in by that.
        exchange.authorized(needed(target));
        Wire wire = exchange.wire().orElseThrow(() -> ApiException.badRequest("Upgrade request required"));
        if (target.subresource().equals("portforward")) {
            ports(exchange, target, wire);
        } else {
            program(exchange, target, wire);
        }
        return true;
    }

    private static Access needed(Target target) {
        return new Access.ToObjects(
                "create", target.kind().group(), target.resource(), target.namespace(), target.name());
    }

    private static Runnable still(Exchange exchange, Target target) {
        return () -> exchange.authorizedStill(needed(target));
    }

    /**
     * Over a WebSocket there is output whether the client asks for it or not, as from Kubernetes: its Java client does not, when it attaches.
     * Over SPDY clients open the streams that they want, and one that is waited for would never come.
     */
    private void program(Exchange exchange, Target target, Wire wire)
            throws InterruptedException, Exchange.GoneException {
        Query query = exchange.query();
        boolean socket = WebSocket.isAsked(exchange);
        ContainerIo asked = new ContainerIo(
                query.flag("stdin"), socket || query.flag("stdout"), socket || query.flag("stderr"), query.flag("tty"));
        String protocol = socket
                ? agreed(exchange, "Sec-WebSocket-Protocol", OVER_WEBSOCKET)
                : agreed(exchange, "X-Stream-Protocol-Version", OVER_SPDY);
        PodStreams.Program opened = socket ? openOrSayWhy(exchange, target, asked) : open(exchange, target, asked);
        ContainerIo io = opened.io();
        try (NodeStream node =
                new GuardedStream(opened.stream(), new Renewal(still(exchange, target), System::nanoTime))) {
            if (socket) {
                WebSocket client = WebSocket.accept(exchange, wire, Optional.of(protocol));
                boolean command = target.subresource().equals("exec");
                new ProgramOverWebSocket(client, node, io, protocol, command).run();
            } else {
                spdy(exchange, wire, protocol);
                new ProgramOverSpdy(wire, node, io).run();
            }
        }
    }

    /**
     * A program that is missing and the like are told where the program would have told its end, as by Kubernetes: a client that is refused with
     * 500 believes that the server has failed, and asks again.
     */
    private PodStreams.Program openOrSayWhy(Exchange exchange, Target target, ContainerIo io)
            throws InterruptedException {
        try {
            return open(exchange, target, io);
        } catch (ApiException e) {
            if (e.reason() != Reason.INTERNAL_ERROR) {
                throw e;
            }
            return new PodStreams.Program(new NotStarted(e), io);
        }
    }

    private PodStreams.Program open(Exchange exchange, Target target, ContainerIo io) throws InterruptedException {
        Query query = exchange.query();
        return target.subresource().equals("attach")
                ? streams.attach(exchange.user(), target.namespace(), target.name(), query.text("container"), io)
                : streams.exec(
                        exchange.user(),
                        target.namespace(),
                        target.name(),
                        query.text("container"),
                        query.all("command"),
                        io);
    }

    private void ports(Exchange exchange, Target target, Wire wire)
            throws InterruptedException, Exchange.GoneException {
        PodStreams.Ports ports = GuardedStream.ports(
                streams.ports(
                        exchange.user(),
                        target.namespace(),
                        target.name(),
                        PortsOverWebSocket.given(exchange.query().all("ports"))),
                still(exchange, target),
                System::nanoTime);
        if (!WebSocket.isAsked(exchange)) {
            spdy(exchange, wire, agreed(exchange, "X-Stream-Protocol-Version", List.of(PORTS_OVER_SPDY)));
            new PortsOverSpdy(wire, target.name(), ports).run();
            return;
        }
        String protocol = agreed(exchange, "Sec-WebSocket-Protocol", List.of(PORTS_IN_WEBSOCKET, PORTS_OVER_WEBSOCKET));
        if (protocol.equals(PORTS_IN_WEBSOCKET)) {
            WebSocket client = WebSocket.accept(exchange, wire, Optional.of(protocol));
            new PortsOverSpdy(client.carrying(), target.name(), ports).run();
        } else {
            List<Integer> wanted = PortsOverWebSocket.wanted(exchange.query().all("ports"));
            WebSocket client = WebSocket.accept(exchange, wire, Optional.of(protocol));
            new PortsOverWebSocket(client, ports, wanted).run();
        }
    }

    private static void spdy(Exchange exchange, Wire wire, String protocol) throws Exchange.GoneException {
        exchange.switchProtocols(wire, "Upgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: " + protocol + "\r\n");
    }

    /** The best that the client offers. */
    private static String agreed(Exchange exchange, String header, List<String> known) {
        List<String> offered = exchange.headers(header);
        Optional<String> best = known.stream().filter(offered::contains).findFirst();
        return best.orElseThrow(() -> new ApiException(
                Reason.FORBIDDEN,
                "unable to upgrade: unable to negotiate protocol: client supports " + offered + ", server accepts "
                        + known));
    }
}
