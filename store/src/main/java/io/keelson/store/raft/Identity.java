package io.keelson.store.raft;

import io.keelson.store.PeerUrls;
import io.keelson.store.StoreConfig;
import io.keelson.store.mvcc.MemberIds;
import io.keelson.store.mvcc.MemberRecord;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Who a member is. Settled once, and then kept in its data directory: flags may change, the id does not.
 *
 * @param clusterId id of the cluster
 * @param memberId id of the member
 */
record Identity(long clusterId, long memberId) {

    private static final String FILE = "identity";
    private static final String CLUSTER = "cluster ";
    private static final String MEMBER = "member ";

    /** The first members of a new cluster, as each of them works out by itself. */
    static List<MemberRecord> firstMembers(StoreConfig config) {
        return firstMembers(config, config.peerTls().isPresent());
    }

    private static List<MemberRecord> firstMembers(StoreConfig config, boolean tls) {
        return config.members().stream()
                .map(member -> {
                    var urls = List.of(PeerUrls.url(member.peer(), tls));
                    return new MemberRecord(
                            MemberIds.first(urls, config.clusterToken()), member.name(), urls, List.of(), false);
                })
                .toList();
    }

    /** Of a member of a new cluster. */
    static Identity first(StoreConfig config) {
        return first(config, config.peerTls().isPresent());
    }

    /** @param tls whether the members speak TLS to each other, which is part of their URLs and so of their ids */
    static Identity first(StoreConfig config, boolean tls) {
        List<MemberRecord> members = firstMembers(config, tls);
        long self = members.stream()
                .filter(member -> member.name().equals(config.name()))
                .findFirst()
                .orElseThrow()
                .id();
        return new Identity(
                MemberIds.cluster(members.stream().map(MemberRecord::id).toList()), self);
    }

    /** As it was kept; empty if this member starts for the first time. */
    static Optional<Identity> read(Path dataDir) throws IOException {
        Path file = dataDir.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        if (lines.size() != 2
                || !lines.getFirst().startsWith(CLUSTER)
                || !lines.getLast().startsWith(MEMBER)) {
            throw new IOException(
                    file + " does not say who this member is; restore it, or remove the data directory and"
                            + " let the member join as a new one");
        }
        return Optional.of(new Identity(
                Long.parseUnsignedLong(lines.getFirst().substring(CLUSTER.length()), 16),
                Long.parseUnsignedLong(lines.getLast().substring(MEMBER.length()), 16)));
    }

    /** Keeps it. */
    void write(Path dataDir) throws IOException {
        Files.createDirectories(dataDir);
        Path building = dataDir.resolve(FILE + ".new");
        Files.writeString(
                building, CLUSTER + Long.toHexString(clusterId) + "\n" + MEMBER + Long.toHexString(memberId) + "\n");
        try (var channel = FileChannel.open(building, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(building, dataDir.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    }
}
