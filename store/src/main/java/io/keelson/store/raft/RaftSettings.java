package io.keelson.store.raft;

import io.keelson.store.Kv;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import io.keelson.store.mvcc.MemberRecord;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is set up, each value with its reason. */
final class RaftSettings {

    /**
     * Written ahead of the log, so that a sync need not note a new size each time. Ratis writes zeros, and the sync after that brings them to the disk,
     * unless entries have taken their place by then: so not more than a batch of many small entries, or all is written twice.
     */
    private static final long PREALLOCATED_BYTES = 64L << 10;

    /** What is in an entry, or a message, beside the request. */
    private static final long ENTRY_MARGIN_BYTES = 1L << 20;

    private RaftSettings() {}

    /** An election begins after this silence of a leader at the latest. */
    static long electionTimeoutMaxMillis(StoreOptions.Timing timing) {
        return timing.election().toMillis() * 3 / 2;
    }

    /**
     * What a member starts with while the log does not say who counts: the first members of a new cluster know each other, one that joins
     * waits, as a learner, until the leader feeds it.
     */
    static RaftGroup group(StoreConfig config, Identity identity) {
        List<Long> first =
                Identity.firstMembers(config).stream().map(MemberRecord::id).toList();
        List<RaftPeer> peers = first.contains(identity.memberId())
                ? first.stream().map(id -> PeerIds.peer(id, false)).toList()
                : List.of(PeerIds.peer(identity.memberId(), true));
        return RaftGroup.valueOf(PeerIds.group(identity.clusterId()), peers);
    }

    static RaftProperties properties(StoreConfig config, LogLimits limits) {
        var properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new PeerRpc());
        RaftServerConfigKeys.setStorageDir(
                properties, List.of(config.dataDir().resolve("raft").toFile()));

        // Ratis' heartbeats come twice in the shorter of the two; it has no setting of their own.
        StoreOptions.Timing timing = config.options().timing();
        TimeDuration min = TimeDuration.valueOf(timing.election().toMillis(), TimeUnit.MILLISECONDS);
        TimeDuration max = TimeDuration.valueOf(electionTimeoutMaxMillis(timing), TimeUnit.MILLISECONDS);
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, max);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, max);
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, TimeDuration.valueOf(3, TimeUnit.SECONDS));
        // A leader that lost its majority may stand again after a second, not after the default of ten.
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                properties, TimeDuration.valueOf(1, TimeUnit.SECONDS));

        // Reads ask a majority each time (coalesced): a leader's lease has a hole during elections.
        RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
        RaftServerConfigKeys.Read.setLeaderLeaseEnabled(properties, false);
        // See CommitNews.
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);

        // Async and unsafe flush answer before the disk has the entry; both stay off.
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        // Who reads a leader's entries appends them, too: two changes of threads less for each. See Following for what
        // that takes.
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(limits.segmentBytes()));
        RaftServerConfigKeys.Log.setPreallocatedSize(
                properties, SizeInBytes.valueOf(Math.min(PREALLOCATED_BYTES, limits.segmentBytes())));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 1);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("8MB"));
        long entry = entryBytes(config);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(entry));
        RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf(entry + ENTRY_MARGIN_BYTES));
        // A slow link must carry one in the time for which a feed waits.
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, SizeInBytes.valueOf("512KB"));
        // Purge by our own snapshots: a dead peer must not keep the log for ever.
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, limits.preservedEntries());
        RaftServerConfigKeys.Log.setPurgeGap(properties, 64);
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, limits.snapshotEntries());
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);

        // Duplicates are recognized by the entry's sequence number; Ratis' own memory of them can be short.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, TimeDuration.valueOf(10, TimeUnit.SECONDS));
        RaftServerConfigKeys.Write.setElementLimit(properties, 64);
        return properties;
    }

    /**
     * No entry may be larger than this. A batch is at most 1 MiB, or one request, and something around them; who lives in the process may ask
     * for more at once than an operator lets others.
     */
    private static long entryBytes(StoreConfig config) {
        return Math.max(Kv.MAX_TXN_BYTES, config.options().limits().maxRequestBytes()) + ENTRY_MARGIN_BYTES;
    }

    /** The longest message between members: the largest entry, or as many as Ratis sends together, and what is around them. */
    static int messageBytes(StoreConfig config) {
        return Math.toIntExact(
                Math.min(Integer.MAX_VALUE - ENTRY_MARGIN_BYTES, entryBytes(config) + 2 * ENTRY_MARGIN_BYTES));
    }
}
