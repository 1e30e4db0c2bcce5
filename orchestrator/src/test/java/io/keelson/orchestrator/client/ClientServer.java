package io.keelson.orchestrator.client;

import io.keelson.orchestrator.testing.TestServer;
import io.keelson.proto.etcd.CompactionRequest;
import io.keelson.store.MemoryKv;
import java.nio.file.Path;

/** A server whose store is at hand: for the history that it forgets. */
final class ClientServer implements AutoCloseable {

    /** A kind that is defined at run time, with the subresources it may have. */
    static final String DEFINITION = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: crontabs.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: crontabs, singular: crontab, kind: CronTab}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}, scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas}}
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        type: object
                        properties: {cron: {type: string}, replicas: {type: integer, default: 1, maximum: 9}}
                      status: {type: object, properties: {replicas: {type: integer}}}
            """;

    private final MemoryKv kv = new MemoryKv();
    private final TestServer server;
    private final Path kubeconfig;

    ClientServer(Path directory) {
        server = TestServer.start(directory, "s1", kv);
        kubeconfig = server.kubeconfig();
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    /** Forgets what was before a revision, as the store does by and by. */
    void forget(String resourceVersion) {
        kv.compact(CompactionRequest.newBuilder()
                .setRevision(Long.parseLong(resourceVersion))
                .build());
    }

    @Override
    public void close() {
        server.close();
    }
}
