package io.keelson.store.raft;

import io.keelson.store.StoreConfig;
import io.keelson.store.rocks.AppliedIndex;
import io.keelson.store.rocks.RocksState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.SizeInBytes;

/**
 * The Raft log of a member that begins from a restored state: empty, behind a snapshot of that state. Every member that is restored from
 * the same file has the same snapshot at the same place, so that their logs agree, and a member that comes later gets it from them.
 */
public final class RestoredLog {

    /** The log entry that counts as the last one in a restored state. The first real one follows it. */
    public static final AppliedIndex AT = new AppliedIndex(1, 1);

    private RestoredLog() {}

    /**
     * Makes the log.
     *
     * @param config whose log it will be; its data directory has none yet
     * @param peersSpeakTls whether it will speak TLS to the others, whatever certificates the configuration has by now
     * @param state the restored state, at {@link #AT}
     */
    public static void make(StoreConfig config, boolean peersSpeakTls, RocksState state) throws IOException {
        // The members are new ones, whoever they were when the state was saved: its first leader will say so.
        Identity identity = Identity.first(config, peersSpeakTls);
        RaftGroupId group = PeerIds.group(identity.clusterId());
        Path directory =
                config.dataDir().resolve("raft").resolve(group.getUuid().toString());
        Files.createDirectories(directory.getParent());
        try (RaftStorage storage = RaftStorage.newBuilder()
                .setDirectory(directory.toFile())
                .setOption(RaftStorage.StartupOption.FORMAT)
                .setLogCorruptionPolicy(RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION)
                .setStorageFreeSpaceMin(SizeInBytes.valueOf(0))
                .build()) {
            storage.initialize();
            Snapshots.first(storage, state, AT);
        }
        identity.write(config.dataDir());
    }
}
