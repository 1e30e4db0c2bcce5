package io.keelson.store.backup;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A snapshot on disk: a file of etcd's, and behind it the SHA-256 of all before, if it came from {@code etcdctl snapshot save}. The
 * database of a stopped etcd ({@code member/snap/db}) has none.
 */
public final class SnapshotFile implements Closeable {

    static final int CHECKSUM_BYTES = 32;

    /** Pages are multiples of this: what is over is a checksum. etcd tells it by the same. */
    private static final int BLOCK_BYTES = 512;

    private static final int BUFFER_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final long size;

    private SnapshotFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /**
     * Opens a file and says nothing of what is in it.
     *
     * @throws IOException if it cannot be read
     */
    public static SnapshotFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new SnapshotFile(path, channel, channel.size());
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Whether a checksum ends it. */
    public boolean hasChecksum() {
        return size % BLOCK_BYTES == CHECKSUM_BYTES;
    }

    /** Bytes of data, without the checksum. */
    public long dataBytes() {
        return hasChecksum() ? size - CHECKSUM_BYTES : size;
    }

    FileChannel channel() {
        return channel;
    }

    Path path() {
        return path;
    }

    /**
     * Checks that the file is as it was when it was saved.
     *
     * @throws BadSnapshotException if it is not, or has no checksum to check it by
     */
    public void verify() throws IOException {
        if (!hasChecksum()) {
            throw new BadSnapshotException(
                    path,
                    "has no checksum: it was not saved by \"etcdctl snapshot save\" (or is cut"
                            + " off); if it is the database of a stopped etcd, say --skip-hash-check");
        }
        MessageDigest digest = sha256();
        var buffer = ByteBuffer.allocate(BUFFER_BYTES);
        for (long at = 0; at < dataBytes(); ) {
            buffer.clear().limit((int) Math.min(BUFFER_BYTES, dataBytes() - at));
            int count = channel.read(buffer, at);
            if (count < 0) {
                throw new BadSnapshotException(path, "became shorter while it was read");
            }
            digest.update(buffer.flip());
            at += count;
        }
        byte[] is = digest.digest();
        var kept = ByteBuffer.allocate(CHECKSUM_BYTES);
        while (kept.hasRemaining() && channel.read(kept, dataBytes() + kept.position()) >= 0) {}
        if (!Arrays.equals(is, kept.array())) {
            throw new BadSnapshotException(
                    path,
                    "has changed since it was saved: expected sha256 "
                            + HexFormat.of().formatHex(kept.array()) + ", got "
                            + HexFormat.of().formatHex(is));
        }
    }

    /** A new digest of the kind that ends a snapshot. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
