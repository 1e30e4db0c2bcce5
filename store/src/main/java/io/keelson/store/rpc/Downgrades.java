package io.keelson.store.rpc;

import io.grpc.Status;
import io.keelson.proto.etcd.DowngradeRequest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether a cluster could go back to an older version of etcd's, in etcd's words. In etcd the one before is possible; the data of this store are
 * no etcd's at any version, so a downgrade is judged and never begun: the way back is a snapshot.
 */
final class Downgrades {

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+)(?:[-+].*)?)?");

    private Downgrades() {}

    /**
     * What is wrong with a request; OK for a validation of the version before this one.
     *
     * @param clusterVersion as {@code 3.6.0}
     */
    static Status judge(DowngradeRequest request, String clusterVersion) {
        return switch (request.getAction()) {
            case VALIDATE -> judge(request.getVersion(), clusterVersion);
            case ENABLE -> {
                Status judged = judge(request.getVersion(), clusterVersion);
                yield judged.isOk()
                        ? Status.UNIMPLEMENTED.withDescription(
                                "keelson: these data cannot be etcd's of another version; save a snapshot and restore it there")
                        : judged;
            }
            case CANCEL -> Status.FAILED_PRECONDITION.withDescription("etcdserver: no inflight downgrade job");
            case UNRECOGNIZED ->
                Status.INVALID_ARGUMENT.withDescription("keelson: action " + request.getActionValue()
                        + " of a downgrade is none of VALIDATE (0), ENABLE (1), CANCEL (2)");
        };
    }

    private static Status judge(String version, String clusterVersion) {
        Matcher wanted = VERSION.matcher(version);
        Matcher current = VERSION.matcher(clusterVersion);
        if (!wanted.matches() || !current.matches()) {
            return Status.INVALID_ARGUMENT.withDescription("etcdserver: wrong downgrade target version format");
        }
        boolean isTheOneBefore = wanted.group(1).equals(current.group(1))
                && wanted.group(2).equals(String.valueOf(Integer.parseInt(current.group(2)) - 1));
        return isTheOneBefore
                ? Status.OK
                : Status.INVALID_ARGUMENT.withDescription("etcdserver: invalid downgrade target version");
    }
}
