package io.keelson.agent;

import io.keelson.agent.loop.NodeLoop;
import io.keelson.agent.net.NetworkNamespace;
import io.keelson.agent.net.NetworkScope;
import io.keelson.agent.net.NodeNetwork;
import io.keelson.agent.net.PtpNetwork;
import io.keelson.agent.proxy.NftServiceRouter;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.RuntimeFault;
import io.keelson.agent.runtime.containerd.ContainerdRuntime;
import io.keelson.agent.runtime.process.NodePortProxy;
import io.keelson.agent.runtime.process.ProcessRuntime;
import java.io.IOException;
import java.time.InstantSource;

/** The three parts of a node that depend on the kind of runtime. */
record NodeParts(ContainerRuntime runtime, NodeLoop.Routers routers, NodeNetwork network) {
    static NodeParts open(AgentConfig config) throws IOException {
        return switch (config.runtime()) {
            case PROCESS ->
                new NodeParts(
                        new ProcessRuntime(config.dir().resolve("process"), InstantSource.system()),
                        (clusterCidr, serviceCidr) -> new NodePortProxy(config.nodeAddress()),
                        NodeNetwork.NONE);
            case CONTAINERD -> containerd(config);
        };
    }

    private static NodeParts containerd(AgentConfig config) throws IOException {
        var netns = NetworkNamespace.own();
        var scope = NetworkScope.OWN_NAMESPACE;
        try {
            return new NodeParts(
                    ContainerdRuntime.start(config.dir(), netns),
                    (clusterCidr, serviceCidr) -> new NftServiceRouter(netns, scope, clusterCidr, serviceCidr),
                    new PtpNetwork(netns, scope, config.nodeAddress(), config.dir()));
        } catch (RuntimeFault e) {
            throw new IOException("node " + config.name() + ": " + e.getMessage(), e);
        }
    }
}
