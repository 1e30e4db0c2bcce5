package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.RangeRequest;
import java.nio.charset.StandardCharsets;

/** Keys and compares in the store's words. */
final class Keys {

    private Keys() {}

    static ByteString bytes(String key) {
        return ByteString.copyFromUtf8(key);
    }

    /** The first key after all that begin with a prefix. */
    static ByteString end(String prefix) {
        byte[] end = prefix.getBytes(StandardCharsets.UTF_8);
        end[end.length - 1]++;
        return ByteString.copyFrom(end);
    }

    /** Begin of the keys of a kind's objects in a namespace; of all its objects if that is empty. */
    static String prefix(Kind kind, String namespace) {
        return kind.keyPrefix() + (namespace.isEmpty() ? "" : namespace + "/");
    }

    static RangeRequest get(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key)).build();
    }

    static Compare modRevision(String key, long revision) {
        return Compare.newBuilder()
                .setKey(bytes(key))
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.EQUAL)
                .setModRevision(revision)
                .build();
    }

    /** Nothing under a prefix has been written after a revision; what is deleted does not count. */
    static Compare unwrittenSince(String prefix, long revision) {
        return Compare.newBuilder()
                .setKey(bytes(prefix))
                .setRangeEnd(end(prefix))
                .setTarget(Compare.CompareTarget.MOD)
                .setResult(Compare.CompareResult.LESS)
                .setModRevision(revision + 1)
                .build();
    }

    /** The key is not there. */
    static Compare absent(String key) {
        return modRevision(key, 0);
    }
}
