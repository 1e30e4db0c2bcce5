package io.keelson.agent.runtime.containerd;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;

/** containerd keeps its things in namespaces (its own, not the kernel's); CRI's are all in one. */
final class Namespaced {
    static final String NAMESPACE = "k8s.io";

    private static final Metadata.Key<String> NAMESPACE_HEADER =
            Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> LEASE_HEADER =
            Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

    private Namespaced() {}

    static Channel of(Channel channel) {
        Metadata headers = new Metadata();
        headers.put(NAMESPACE_HEADER, NAMESPACE);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** What is written through this is kept while the lease lasts. */
    static Channel underLease(Channel channel, String lease) {
        Metadata headers = new Metadata();
        headers.put(NAMESPACE_HEADER, NAMESPACE);
        headers.put(LEASE_HEADER, lease);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }
}
