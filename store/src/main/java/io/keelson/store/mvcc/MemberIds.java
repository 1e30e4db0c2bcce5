package io.keelson.store.mvcc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.List;

/** The ids of members and clusters, made as etcd makes them: the first eight bytes of a SHA-1. Unsigned numbers, never 0. */
public final class MemberIds {

    private MemberIds() {}

    /** The id of one of the first members of a cluster: the same on whichever member it is computed. */
    public static long first(List<String> peerUrls, String clusterToken) {
        return hash(String.join("", peerUrls.stream().sorted().toList()) + clusterToken);
    }

    /** The id of a member that is added later; with the time, so that one may come again where another was. */
    public static long later(List<String> peerUrls, String clusterToken, long unixSeconds) {
        return hash(String.join("", peerUrls.stream().sorted().toList()) + clusterToken + unixSeconds);
    }

    /** The id of a cluster, from the ids of its first members. */
    public static long cluster(Collection<Long> members) {
        var bytes = ByteBuffer.allocate(members.size() * Long.BYTES);
        members.stream().sorted(Long::compareUnsigned).forEach(bytes::putLong);
        return hash(bytes.array());
    }

    private static long hash(String text) {
        return hash(text.getBytes(StandardCharsets.UTF_8));
    }

    private static long hash(byte[] bytes) {
        try {
            long id = ByteBuffer.wrap(MessageDigest.getInstance("SHA-1").digest(bytes))
                    .getLong();
            return id == 0 ? 1 : id;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-1", e);
        }
    }
}
