package io.keelson.store.raft;

import io.keelson.proto.store.v1.LogCommand;
import io.keelson.store.metrics.Buckets;
import io.keelson.store.metrics.Count;
import io.keelson.store.metrics.Labelled;
import io.keelson.store.metrics.Metrics;
import io.keelson.store.metrics.Timing;
import io.keelson.store.mvcc.Change;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** What a replica measures: its log, its disk, its peers, what it applies. */
final class RaftMetrics {

    /** etcd's bounds: a disk's times begin at a millisecond, a network's and a processor's at a tenth of one. */
    private static final Buckets DISK = Buckets.doubling(0.001, 14);

    private static final Buckets NETWORK = Buckets.doubling(0.0001, 16);
    private static final Buckets APPLY = Buckets.doubling(0.0001, 20);

    /** An entry that took longer counts as slow. */
    private static final long SLOW_APPLY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Ratis' names. */
    private static final String LOG = "log_worker";

    private static final String SYNC = "syncTime";

    private final Timing fsync;
    private final Timing commit;
    private final Labelled<Timing> applies;
    private final Map<LogCommand.CommandCase, Timing> applied = new ConcurrentHashMap<>();
    private final Labelled<Timing> roundTrips;
    private final Labelled<Count> sendFailures;
    private final Count heartbeatFailures;
    private final Count slowApplies;
    private final Count leaderChanges;
    private final Count proposalsFailed;
    private final Count slowReads;
    private final Count failedReads;
    private final Count puts;
    private final Count deletes;
    private final Count transactions;
    private final Count granted;
    private final Count revoked;
    private final Count renewed;
    private final Count expired;

    RaftMetrics(Metrics metrics) {
        fsync = metrics.timing(
                "etcd_disk_wal_fsync_duration_seconds", "The latency distributions of fsync called by WAL.", DISK);
        commit = metrics.timing(
                "etcd_disk_backend_commit_duration_seconds",
                "The latency distributions of commit called by backend.",
                DISK);
        applies = metrics.timings(
                "etcd_server_apply_duration_seconds",
                "The latency distributions of v3 apply called by backend.",
                APPLY,
                "version",
                "op",
                "success");
        roundTrips = metrics.timings(
                "etcd_network_peer_round_trip_time_seconds", "Round-Trip-Time histogram between peers", NETWORK, "To");
        sendFailures = metrics.counts(
                "etcd_network_peer_sent_failures_total", "The total number of send failures from peers.", "To");
        heartbeatFailures = metrics.count(
                "etcd_server_heartbeat_send_failures_total",
                "The total number of leader heartbeat send failures (likely overloaded from slow disk).");
        slowApplies = metrics.count(
                "etcd_server_slow_apply_total",
                "The total number of slow apply requests (likely overloaded from slow disk).");
        leaderChanges = metrics.count("etcd_server_leader_changes_seen_total", "The number of leader changes seen.");
        proposalsFailed =
                metrics.count("etcd_server_proposals_failed_total", "The total number of failed proposals seen.");
        slowReads = metrics.count(
                "etcd_server_slow_read_indexes_total",
                "The total number of pending read indexes not in sync with leader's or timed out read index requests.");
        failedReads =
                metrics.count("etcd_server_read_indexes_failed_total", "The total number of failed read indexes seen.");
        puts = metrics.count("etcd_mvcc_put_total", "Total number of puts seen by this member.");
        deletes = metrics.count("etcd_mvcc_delete_total", "Total number of deletes seen by this member.");
        transactions = metrics.count("etcd_mvcc_txn_total", "Total number of txns seen by this member.");
        granted = metrics.count("etcd_debugging_lease_granted_total", "The total number of granted leases.");
        revoked = metrics.count("etcd_debugging_lease_revoked_total", "The total number of revoked leases.");
        renewed =
                metrics.count("etcd_debugging_lease_renewed_total", "The number of renewed leases seen by the leader.");
        expired = metrics.count("etcd_debugging_server_lease_expired_total", "The total number of expired leases.");
    }

    // ---- what Ratis measures ---------------------------------------------------------------------------------------

    /** Where one of Ratis' timers goes, if anybody wants it. */
    Optional<Timing> timing(String component, String name) {
        if (component.equals(LOG) && name.equals(SYNC)) {
            return Optional.of(fsync);
        }
        return Optional.empty();
    }

    // ---- what happens here -----------------------------------------------------------------------------------------

    /** Another member has answered a message with entries, or a heartbeat. */
    void roundTrip(String peer, long nanos) {
        roundTrips.of(peer).record(nanos);
    }

    /** A message did not reach another member, or was not answered. */
    void sendFailed(String peer, boolean heartbeat) {
        sendFailures.of(peer).add(1);
        if (heartbeat) {
            heartbeatFailures.add(1);
        }
    }

    /** A command was applied, or refused, and took so long. */
    void applied(LogCommand.CommandCase command, boolean success, long nanos) {
        if (success) {
            applied.computeIfAbsent(command, each -> applies.of("v3", words(each), "true"))
                    .record(nanos);
        } else {
            applies.of("v3", words(command), "false").record(nanos);
        }
        if (command == LogCommand.CommandCase.TXN) {
            transactions.increment();
        }
    }

    /** {@code DELETE_RANGE} is {@code DeleteRange}. */
    private static String words(LogCommand.CommandCase command) {
        var name = new StringBuilder();
        for (String word : command.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    /** An entry's changes were written, in so long; all of it took so long. */
    void written(List<Change> changes, long writeNanos, long allNanos) {
        commit.record(writeNanos);
        if (allNanos > SLOW_APPLY_NANOS) {
            slowApplies.increment();
        }
        for (Change change : changes) {
            if (change instanceof Change.Put) {
                puts.increment();
            } else if (change instanceof Change.Delete) {
                deletes.increment();
            } else if (change instanceof Change.LeaseGranted) {
                granted.increment();
            } else if (change instanceof Change.LeaseRevoked) {
                revoked.increment();
            }
        }
    }

    /** This member, which leads, has given a lease its full time again. */
    void leaseRenewed() {
        renewed.increment();
    }

    /** This member, which leads, has found that so many leases have come to their end. */
    void leasesExpired(int number) {
        expired.add(number);
    }

    /** This member sees another leader than before. */
    void leaderChanged() {
        leaderChanges.increment();
    }

    /** Proposals came to nothing, as far as this member knows. */
    void proposalsFailed(int number) {
        proposalsFailed.add(number);
    }

    /** A question how far the log is had no answer in time; it is asked again. */
    void readIndexSlow() {
        slowReads.increment();
    }

    /** Reads were refused for want of an answer. */
    void readIndexFailed() {
        failedReads.increment();
    }
}
