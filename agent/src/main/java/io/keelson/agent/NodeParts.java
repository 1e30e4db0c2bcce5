package io.keelson.agent;

import io.keelson.agent.net.NodeNetwork;
import io.keelson.agent.proxy.ServiceRouter;
import io.keelson.agent.proxy.ServiceTable;
import io.keelson.agent.runtime.ContainerRuntime;
import io.keelson.agent.runtime.process.NodePortProxy;
import io.keelson.agent.runtime.process.ProcessRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/** The three parts of a node that depend on the kind of runtime. */
record NodeParts(ContainerRuntime runtime, ServiceRouter router, NodeNetwork network) implements AutoCloseable {
    static NodeParts open(RuntimeKind kind, String name, Path directory, String address) throws IOException {
        return switch (kind) {
            case PROCESS ->
                new NodeParts(
                        new ProcessRuntime(directory.resolve("process"), InstantSource.system()),
                        new NodePortProxy(address),
                        NodeNetwork.NONE);
            case CONTAINERD ->
                throw new IOException("node " + name + ": the containerd runtime is not built in yet; use the process runtime");
        };
    }

    /** The runtime alone, to stop and remove what is left of a node. */
    static NodeParts forTeardown(RuntimeKind kind, String name, Path directory) throws IOException {
        var parts = open(kind, name, directory, "127.0.0.1");
        parts.router().apply(ServiceTable.EMPTY);
        return parts;
    }

    @Override
    public void close() {
        router.close();
        runtime.close();
    }
}
