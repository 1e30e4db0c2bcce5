package io.keelson.store.backup;

import io.keelson.store.bbolt.BboltReader;
import io.keelson.store.bbolt.DamagedFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What {@code etcdctl snapshot status} says of a file.
 *
 * @param hash of names, keys and values of all buckets
 * @param revision the last revision that is in it
 * @param totalKeys keys in all buckets
 * @param totalBytes bytes in use
 * @param version of the storage's schema, empty if the file does not tell (before etcd 3.6)
 */
public record SnapshotStatus(int hash, long revision, int totalKeys, long totalBytes, String version) {

    /**
     * Reads a whole file.
     *
     * @throws BadSnapshotException if it is damaged
     */
    public static SnapshotStatus of(Path path) throws IOException {
        try (SnapshotFile file = SnapshotFile.open(path)) {
            var counting = new Counting();
            BboltReader reader = BboltReader.open(file.channel(), file.dataBytes());
            reader.walk(counting);
            return new SnapshotStatus(
                    (int) counting.hash.getValue(), counting.revision, counting.keys, reader.size(), counting.version);
        } catch (DamagedFileException e) {
            throw new BadSnapshotException(path, "is damaged: " + e.getMessage(), e);
        }
    }

    private static final class Counting implements BboltReader.Visitor {
        private static final byte[] KEY = Schema.text(Schema.KEY);
        private static final byte[] META = Schema.text(Schema.META);
        private static final byte[] STORAGE_VERSION = Schema.text(Schema.STORAGE_VERSION);

        private final CRC32C hash = new CRC32C();
        private byte[] bucket = new byte[0];
        private long revision;
        private int keys;
        private String version = "";

        @Override
        public void enter(byte[] name) {
            bucket = name;
            hash.update(name);
        }

        @Override
        public void leave() {
            bucket = new byte[0];
        }

        @Override
        public void entry(byte[] key, byte[] value) {
            hash.update(key);
            hash.update(value);
            keys++;
            if (Arrays.equals(bucket, KEY) && key.length >= Long.BYTES) {
                revision = ByteBuffer.wrap(key).getLong();
            } else if (Arrays.equals(bucket, META) && Arrays.equals(key, STORAGE_VERSION)) {
                version = new String(value, StandardCharsets.UTF_8);
            }
        }
    }
}
