package io.keelson.store.rpc;

import com.sun.management.UnixOperatingSystemMXBean;
import io.keelson.store.KvException;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Standing;
import java.lang.management.ManagementFactory;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/** What the replica knows of itself anyway, under etcd's names; looked up once a page. */
final class ServerMetrics {

    private record Seen(Standing standing, long revision, long compactRevision, long authRevision) {}

    private final Replica replica;
    private volatile Seen seen;

    private ServerMetrics(Replica replica) {
        this.replica = replica;
        this.seen = new Seen(replica.standing(), 0, 0, 0);
    }

    /** Adds them to the page. */
    static void register(Metrics metrics, Replica replica, Streams streams, HealthPages health, long quotaBytes) {
        var all = new ServerMetrics(replica);
        metrics.beforePage(all::look);
        all.aboutTheMember(metrics, quotaBytes);
        all.aboutTheData(metrics);
        aboutStreams(metrics, streams);
        metrics.gauge("etcd_server_health_success", "The total number of successful health checks", health::successes);
        metrics.gauge("etcd_server_health_failures", "The total number of failed health checks", health::failures);
        aboutFiles(metrics);
    }

    private void look() {
        try {
            Standing standing = replica.standing();
            seen = replica.read(view -> new Seen(
                    standing,
                    view.revision(),
                    view.compactRevision(),
                    view.auth().revision()));
        } catch (KvException e) {
            if (e.reason() != KvException.Reason.UNAVAILABLE) {
                throw e;
            }
            // A snapshot takes the state's place: until it has, the page shows what was before.
        }
    }

    private DoubleSupplier of(ToDoubleFunction<Seen> value) {
        return () -> value.applyAsDouble(seen);
    }

    private DoubleSupplier standing(ToDoubleFunction<Standing> value) {
        return of(each -> value.applyAsDouble(each.standing));
    }

    private void aboutTheMember(Metrics metrics, long quotaBytes) {
        Standing now = seen.standing;
        metrics.fact(
                "etcd_server_id",
                "Server or member ID in hexadecimal format. 1 for 'server_id' label with current ID.",
                "server_id",
                Long.toHexString(now.memberId()));
        metrics.fact(
                "etcd_server_version",
                "Which version is running. 1 for 'server_version' label with current version.",
                "server_version",
                MaintenanceService.VERSION);
        metrics.fact(
                "etcd_cluster_version",
                "Which version is running. 1 for 'cluster_version' label with current cluster version",
                "cluster_version",
                MaintenanceService.CLUSTER_VERSION.substring(0, MaintenanceService.CLUSTER_VERSION.lastIndexOf('.')));
        metrics.gauge(
                "etcd_server_has_leader",
                "Whether or not a leader exists. 1 is existence, 0 is not.",
                standing(each -> each.leaderId() != 0 ? 1 : 0));
        metrics.gauge(
                "etcd_server_is_leader",
                "Whether or not this member is a leader. 1 if is, 0 otherwise.",
                standing(each -> each.leaderId() == each.memberId() ? 1 : 0));
        metrics.gauge(
                "etcd_server_is_learner",
                "Whether or not this member is a learner. 1 if is, 0 otherwise.",
                standing(each -> each.isLearner() ? 1 : 0));
        metrics.gauge(
                "etcd_server_proposals_committed_total",
                "The total number of consensus proposals committed.",
                standing(Standing::committedIndex));
        metrics.gauge(
                "etcd_server_proposals_applied_total",
                "The total number of consensus proposals applied.",
                standing(Standing::appliedIndex));
        metrics.gauge(
                "etcd_server_quota_backend_bytes",
                "Current backend storage quota size in bytes.",
                () -> quotaBytes == Long.MAX_VALUE ? 0 : quotaBytes);
    }

    private void aboutTheData(Metrics metrics) {
        metrics.gauge(
                "etcd_mvcc_db_total_size_in_bytes",
                "Total size of the underlying database physically allocated in bytes.",
                standing(Standing::storedBytes));
        metrics.gauge(
                "etcd_mvcc_db_total_size_in_use_in_bytes",
                "Total size of the underlying database logically in use in bytes.",
                standing(Standing::liveBytes));
        metrics.gauge(
                "etcd_debugging_mvcc_current_revision", "The current revision of store.", of(each -> each.revision));
        metrics.gauge(
                "etcd_debugging_mvcc_compact_revision",
                "The revision of the last compaction in store.",
                of(each -> each.compactRevision));
        metrics.gauge(
                "etcd_debugging_auth_revision", "The current revision of auth store.", of(each -> each.authRevision));
    }

    private static void aboutStreams(Metrics metrics, Streams streams) {
        metrics.gauge(
                "etcd_debugging_mvcc_watch_stream_total",
                "Total number of watch streams.",
                () -> streams.watching().count());
        metrics.gauge(
                "etcd_debugging_mvcc_watcher_total",
                "Total number of watchers.",
                () -> streams.watching().mapToLong(WatchStream::watchers).sum());
        metrics.gauge(
                "etcd_debugging_mvcc_slow_watcher_total",
                "Total number of unsynced slow watchers.",
                () -> streams.watching().mapToLong(WatchStream::watchersBehind).sum());
        metrics.gauge(
                "etcd_debugging_mvcc_pending_events_total",
                "Total number of pending events to be sent.",
                () -> streams.watching().mapToLong(WatchStream::pending).sum());
        metrics.countFrom(
                "etcd_debugging_mvcc_events_total", "Total number of events sent by this member.", streams::eventsSent);
    }

    private static void aboutFiles(Metrics metrics) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            metrics.gauge("os_fd_used", "The number of used file descriptors.", system::getOpenFileDescriptorCount);
            metrics.gauge("os_fd_limit", "The file descriptor limit.", system::getMaxFileDescriptorCount);
        }
    }
}
