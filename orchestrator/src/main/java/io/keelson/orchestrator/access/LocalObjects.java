package io.keelson.orchestrator.access;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.Failures;
import io.keelson.orchestrator.auth.Lookup;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.MalformedJsonException;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds single objects of the core group for the rules of tokens: in the local replica, if that has applied all that this server has
 * told; or as of the newest revision.
 */
final class LocalObjects {

    private final ToldKv kv;

    LocalObjects(ToldKv kv) {
        this.kv = kv;
    }

    /** As of all that this server has applied and told. */
    Lookup local() {
        return (resource, namespace, name) -> {
            long atLeast = kv.told();
            RangeResponse here = read(resource, namespace, name, true);
            return object(here.getHeader().getRevision() >= atLeast ? here : read(resource, namespace, name, false));
        };
    }

    /** As of the newest revision. */
    Lookup newest() {
        return (resource, namespace, name) -> object(read(resource, namespace, name, false));
    }

    private RangeResponse read(String resource, String namespace, String name, boolean local) {
        String key = "/registry/core/" + resource + "/" + (namespace.isEmpty() ? "" : namespace + "/") + name;
        return Failures.translated(() -> kv.range(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setSerializable(local)
                .build()));
    }

    private static Optional<ObjectNode> object(RangeResponse response) {
        try {
            return response.getKvsList().stream()
                    .findFirst()
                    .map(pair -> Json.parse(pair.getValue().toByteArray()));
        } catch (MalformedJsonException notAnObject) {
            return Optional.empty();
        }
    }
}
