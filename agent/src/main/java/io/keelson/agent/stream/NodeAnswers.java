package io.keelson.agent.stream;

import io.keelson.agent.runtime.ContainerId;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.ContainerStreams;
import io.keelson.agent.runtime.ObservedContainer;
import io.keelson.agent.runtime.ObservedContainer.State;
import io.keelson.agent.runtime.ObservedPods;
import io.keelson.agent.runtime.ObservedSandbox;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.usage.Meter;
import java.io.IOException;
import java.net.Socket;
import java.util.Comparator;
import java.util.List;

/** Finds what a question means on this node, and lets the asker talk to it. */
public final class NodeAnswers implements Questions {
    private static final int PIECE_BYTES = 16 * 1024;

    private final ContainerLogs logs;
    private final ContainerRuntime runtime;
    private final Meter meter;
    private final NodePages pages;

    public NodeAnswers(ContainerLogs logs, ContainerRuntime runtime, Meter meter, NodePages pages) {
        this.pages = pages;
        this.logs = logs;
        this.meter = meter;
        this.runtime = runtime;
    }

    @Override
    public void logs(LogQuery query, Answer answer) throws Answer.Failed {
        logs.logs(query, answer);
    }

    @Override
    public void exec(
            Where where, String container, List<String> command, ContainerStreams.Wanted wanted, Conversation talk)
            throws Answer.Failed {
        try (ContainerStreams streams = runtime.exec(running(where, container), command, wanted)) {
            new Talking(talk).of(streams, wanted.stdin());
        } catch (RuntimeFault e) {
            throw failed(e);
        }
    }

    @Override
    public void attach(Where where, String container, ContainerStreams.Wanted wanted, Conversation talk)
            throws Answer.Failed {
        try (ContainerStreams streams = runtime.attach(running(where, container), wanted)) {
            new Talking(talk).of(streams, wanted.stdin());
        } catch (RuntimeFault e) {
            throw failed(e);
        }
    }

    @Override
    public void connect(Where where, int port, Conversation talk) throws Answer.Failed {
        if (where.uid().isEmpty()) {
            pages.answer(talk);
            return;
        }
        ObservedSandbox sandbox = sandbox(where);
        try (Socket socket = runtime.connect(sandbox, port)) {
            socket.setTcpNoDelay(true);
            new Talking(talk).over(socket);
        } catch (IOException e) {
            throw new Answer.Failed(
                    502, "unable to connect to port " + port + " of pod " + where.pod() + ": " + e.getMessage());
        } catch (RuntimeFault e) {
            throw failed(e);
        }
    }

    @Override
    public void usage(Answer answer) throws Answer.Failed {
        try {
            byte[] rates = meter.rates();
            for (int at = 0; at < rates.length; at += PIECE_BYTES) {
                answer.data(rates, at, Math.min(PIECE_BYTES, rates.length - at));
            }
        } catch (RuntimeFault e) {
            throw failed(e);
        }
    }

    private ContainerId running(Where where, String name) throws Answer.Failed {
        return list().containers().stream()
                .filter(container -> container.pod().uid().equals(where.uid())
                        && container.name().equals(name)
                        && container.state() == State.RUNNING)
                .max(Comparator.comparingInt(ObservedContainer::attempt))
                .orElseThrow(() -> new Answer.Failed(404, "container not found (\"" + name + "\")"))
                .id();
    }

    private ObservedSandbox sandbox(Where where) throws Answer.Failed {
        return list().sandboxes().stream()
                .filter(sandbox -> sandbox.pod().uid().equals(where.uid()) && sandbox.ready())
                .max(Comparator.comparingInt(ObservedSandbox::attempt))
                .orElseThrow(() -> new Answer.Failed(404, "pod not found (\"" + where.pod() + "\")"));
    }

    private ObservedPods list() throws Answer.Failed {
        try {
            return runtime.list();
        } catch (RuntimeFault e) {
            throw failed(e);
        }
    }

    private static Answer.Failed failed(RuntimeFault fault) {
        int code = switch (fault) {
            case RuntimeFault.NotFound _ -> 404;
            case RuntimeFault.Unavailable _ -> 503;
            case RuntimeFault.NotSupported _ -> 400;
            default -> 500;
        };
        return new Answer.Failed(code, String.valueOf(fault.getMessage()));
    }
}
