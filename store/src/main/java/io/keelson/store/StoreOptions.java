package io.keelson.store;

import java.time.Duration;

/**
 * What an operator may set of a member, in etcd's words and with etcd's defaults ({@link #DEFAULTS}). Members of one cluster should be
 * given the same.
 *
 * @param limits what one request, and all data together, may be at most
 * @param timing heartbeats, elections, progress
 * @param compaction when history is given up without anybody asking
 * @param auth how users prove who they are once authentication is on
 * @param connections what clients may do with a connection
 * @param membership how members come and go
 */
public record StoreOptions(
        Limits limits,
        Timing timing,
        Compaction compaction,
        Auth auth,
        Connections connections,
        Membership membership) {

    /** etcd's defaults, but for elections: see {@link Timing}. */
    public static final StoreOptions DEFAULTS = new StoreOptions(
            new Limits(128, 1_572_864, 0),
            new Timing(Duration.ofMillis(250), Duration.ofMillis(500), 10_000, Duration.ofMinutes(10)),
            new Compaction(Compaction.Mode.OFF, 0),
            new Auth("simple", 10, Duration.ofMinutes(5)),
            new Connections(Integer.MAX_VALUE, Duration.ofSeconds(5), Duration.ofHours(2), Duration.ofSeconds(20)),
            new Membership(false, true));

    /** With members as in {@link #DEFAULTS}. */
    public StoreOptions(Limits limits, Timing timing, Compaction compaction, Auth auth, Connections connections) {
        this(limits, timing, compaction, auth, connections, DEFAULTS.membership);
    }

    /**
     * Bounds.
     *
     * @param maxTxnOps operations in one branch of a transaction, {@code --max-txn-ops}
     * @param maxRequestBytes bytes of one request, {@code --max-request-bytes}
     * @param quotaBackendBytes bytes of all data before the alarm NOSPACE, {@code --quota-backend-bytes}; 0: 2 GiB, as etcd's default;
     *     negative: without bound
     */
    public record Limits(int maxTxnOps, int maxRequestBytes, long quotaBackendBytes) {

        private static final long DEFAULT_QUOTA_BYTES = 2L << 30;

        /** Checks the bounds. */
        public Limits {
            positive("--max-txn-ops", maxTxnOps);
            positive("--max-request-bytes", maxRequestBytes);
        }

        /** The quota as a number of bytes that is to be kept: the default resolved, {@link Long#MAX_VALUE} for none. */
        public long quota() {
            return quotaBackendBytes == 0
                    ? DEFAULT_QUOTA_BYTES
                    : quotaBackendBytes < 0 ? Long.MAX_VALUE : quotaBackendBytes;
        }
    }

    /**
     * Times. An election begins after one to two election timeouts of silence. Ours is shorter than etcd's 1 s, so that a leader that is
     * gone is replaced sooner; what etcd derives from its own (the floor of leases' TTL, the patience of streams) is as in etcd: by a longer
     * one it grows, and by a shorter one it does not fall below what it is by default there.
     *
     * @param heartbeat how often a leader says that it is there, {@code --heartbeat-interval}
     * @param election silence of a leader before the others elect, {@code --election-timeout}; at least twice the heartbeat
     * @param snapshotCount log entries between snapshots, {@code --snapshot-count}
     * @param progressNotify how often an idle watch that wants it hears of its progress, {@code --watch-progress-notify-interval}; at least
     *     100 ms
     */
    public record Timing(Duration heartbeat, Duration election, long snapshotCount, Duration progressNotify) {

        private static final Duration MIN_PROGRESS = Duration.ofMillis(100);
        private static final Duration ETCDS_ELECTION = Duration.ofSeconds(1);

        /** Checks the bounds. */
        public Timing {
            positive("--heartbeat-interval", heartbeat.toMillis());
            positive("--snapshot-count", snapshotCount);
            if (election.compareTo(heartbeat.multipliedBy(2)) < 0) {
                throw new IllegalArgumentException("--election-timeout " + election.toMillis()
                        + " ms is less than twice the --heartbeat-interval " + heartbeat.toMillis() + " ms");
            }
            if (progressNotify.compareTo(MIN_PROGRESS) < 0) {
                throw new IllegalArgumentException("--watch-progress-notify-interval " + progressNotify.toMillis()
                        + " ms is less than " + MIN_PROGRESS.toMillis() + " ms");
            }
        }

        /** How long a stream that requires a leader ({@code hasleader}) outlives it: three election timeouts. */
        public Duration leaderPatience() {
            return atLeastEtcds().multipliedBy(3);
        }

        /** The shortest TTL of a lease: one and a half election timeouts in whole seconds, so that it outlives a change of the leader. */
        public long minLeaseTtlSeconds() {
            return Math.ceilDiv(atLeastEtcds().toMillis() * 3 / 2, 1_000);
        }

        private Duration atLeastEtcds() {
            return election.compareTo(ETCDS_ELECTION) < 0 ? ETCDS_ELECTION : election;
        }
    }

    /**
     * Compaction without anybody asking.
     *
     * @param mode {@code --auto-compaction-mode}
     * @param retention {@code --auto-compaction-retention}: milliseconds of history for {@link Mode#PERIODIC}, revisions for {@link
     *     Mode#REVISION}
     */
    public record Compaction(Mode mode, long retention) {

        /** What the retention counts. */
        public enum Mode {
            /** History stays until somebody compacts. */
            OFF,
            /** History of a time stays. */
            PERIODIC,
            /** A number of revisions stays. */
            REVISION
        }
    }

    /**
     * Proof of who somebody is.
     *
     * @param token {@code --auth-token}: {@code simple}, or {@code jwt,pub-key=FILE,priv-key=FILE,sign-method=NAME,ttl=TIME}
     * @param bcryptCost {@code --bcrypt-cost}: 4 to 31, the logarithm of the work that a password costs
     * @param tokenTtl {@code --auth-token-ttl}: how long a simple token outlives its last use
     */
    public record Auth(String token, int bcryptCost, Duration tokenTtl) {
        /** Checks the bounds. */
        public Auth {
            if (bcryptCost < 4 || bcryptCost > 31) {
                throw new IllegalArgumentException("--bcrypt-cost " + bcryptCost + " is not between 4 and 31");
            }
        }
    }

    /**
     * How members come and go.
     *
     * @param existing {@code --initial-cluster-state existing}: a member without data joins the cluster that the others run, to which it
     *     was added before; {@code false}: it is one of the first of a new one. Without meaning once a member has data
     * @param strictReconfigCheck {@code --strict-reconfig-check}: refuse changes of members that would endanger the quorum
     */
    public record Membership(boolean existing, boolean strictReconfigCheck) {}

    /**
     * Connections of clients.
     *
     * @param maxStreams calls and streams that one may have open, {@code --max-concurrent-streams}
     * @param minPing one that pings more often is closed ("too_many_pings"), {@code --grpc-keepalive-min-time}
     * @param ping one that is silent for so long is pinged, {@code --grpc-keepalive-interval}; zero: never
     * @param pingTimeout one that does not answer for so long is closed, {@code --grpc-keepalive-timeout}
     */
    public record Connections(int maxStreams, Duration minPing, Duration ping, Duration pingTimeout) {
        /** Checks the bounds. */
        public Connections {
            positive("--max-concurrent-streams", maxStreams);
            notNegative("--grpc-keepalive-min-time", minPing);
            notNegative("--grpc-keepalive-interval", ping);
            notNegative("--grpc-keepalive-timeout", pingTimeout);
        }
    }

    private static void notNegative(String flag, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(flag + " " + value + " is negative");
        }
    }

    private static void positive(String flag, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(flag + " " + value + " is not positive");
        }
    }
}
