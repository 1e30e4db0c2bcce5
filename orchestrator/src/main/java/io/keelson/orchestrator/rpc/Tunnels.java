package io.keelson.orchestrator.rpc;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.LogQuery;
import io.keelson.orchestrator.api.LogStream;
import io.keelson.orchestrator.api.NodeLogs;
import io.keelson.orchestrator.registry.Reason;
import io.keelson.proto.v1.LogsQuestion;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The tunnels that agents keep open to this server, by node. */
public final class Tunnels implements NodeLogs {

    private final Map<String, Tunnel> byNode = new ConcurrentHashMap<>();

    /** Takes a new tunnel; one that the node had before is of no use any more. */
    void opened(String node, Tunnel tunnel) {
        Tunnel old = byNode.put(node, tunnel);
        if (old != null) {
            old.broken("node " + node + " has opened another connection");
        }
    }

    void closed(String node, Tunnel tunnel) {
        byNode.remove(node, tunnel);
        tunnel.broken("the connection to node " + node + " is lost");
    }

    @Override
    public LogStream open(String node, String namespace, String pod, String uid, LogQuery query) {
        Tunnel tunnel = byNode.get(node);
        if (tunnel == null) {
            throw new ApiException(
                    Reason.SERVICE_UNAVAILABLE,
                    "node " + node + " has no connection to this server; is its agent running?");
        }
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
        return tunnel.ask(question.build());
    }
}
