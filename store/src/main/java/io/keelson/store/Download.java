package io.keelson.store;

import io.keelson.store.backup.SnapshotFile;
import io.keelson.store.rpc.SnapshotClient;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Saves a running member's snapshot, of Keelson's or etcd's, as {@code etcdctl snapshot save} does. */
public final class Download {

    /**
     * Whom to ask, and as whom.
     *
     * @param endpoint the member: {@code http://HOST:PORT} or {@code https://HOST:PORT}
     * @param trustedCa who signs the member's certificate, PEM; empty: the machine's authorities
     * @param certificate ours, PEM; with {@code key}
     * @param key its key, PEM (PKCS#8)
     * @param user {@code NAME:PASSWORD}, if the store asks who one is
     */
    public record From(
            URI endpoint,
            Optional<Path> trustedCa,
            Optional<Path> certificate,
            Optional<Path> key,
            Optional<String> user) {}

    private Download() {}

    /**
     * Saves to a file, which is there when it is whole and checked, and not before.
     *
     * @return bytes of the file
     * @throws IOException if the member does not answer or refuses, or the file cannot be written; the message says which
     */
    public static long save(From from, Path target) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.deleteIfExists(part);
            // Everything that the store keeps secret is in it: nobody else may read it, at no time.
            try (FileChannel file = FileChannel.open(
                    part,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                SnapshotClient.save(from, file);
                file.force(true);
            }
            try (SnapshotFile saved = SnapshotFile.open(part)) {
                saved.verify();
            }
            long size = Files.size(part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            Durable.force(target.toAbsolutePath().getParent());
            return size;
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
