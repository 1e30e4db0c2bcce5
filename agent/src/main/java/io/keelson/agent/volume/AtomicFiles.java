package io.keelson.agent.volume;

import com.google.protobuf.ByteString;
import io.keelson.agent.io.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A directory whose files change all at once, as the kubelet lays it out: the files are in {@code ..<serial>}, the link {@code ..data} leads
 * there, and each visible name is a link through {@code ..data}. Renaming {@code ..data} is the one step that counts.
 */
record AtomicFiles(Path directory) {
    /** Makes the directory hold exactly these files. False: it did already. */
    boolean write(List<VolumeFile> files) throws IOException {
        Files.createDirectories(directory);
        var data = directory.resolve("..data");
        if (Files.exists(data) && holds(data, files)) {
            return false;
        }
        var old = Files.isSymbolicLink(data) ? directory.resolve(Files.readSymbolicLink(data)) : null;
        var fresh = Files.createTempDirectory(directory, "..");
        Files.setPosixFilePermissions(fresh, FileTree.permissions(0755));
        for (var file : files) {
            var path = fresh.resolve(file.path());
            Files.createDirectories(path.resolveSibling(""));
            Files.write(path, file.content().toByteArray());
            Files.setPosixFilePermissions(path, FileTree.permissions(file.mode()));
        }
        var next = directory.resolve("..data_tmp");
        Files.deleteIfExists(next);
        Files.createSymbolicLink(next, fresh.getFileName());
        Files.move(next, data, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        var visible = files.stream().map(f -> f.path().split("/", 2)[0]).collect(Collectors.toSet());
        links(visible);
        if (old != null) {
            FileTree.delete(old);
        }
        return true;
    }

    private void links(Set<String> visible) throws IOException {
        for (var name : visible) {
            var link = directory.resolve(name);
            if (!Files.isSymbolicLink(link)) {
                Files.createSymbolicLink(link, Path.of("..data").resolve(name));
            }
        }
        try (var entries = Files.list(directory)) {
            for (var entry : entries.toList()) {
                var name = entry.getFileName().toString();
                if (!name.startsWith("..") && !visible.contains(name)) {
                    Files.delete(entry);
                }
            }
        }
    }

    private static boolean holds(Path data, List<VolumeFile> files) throws IOException {
        Path real = data.toRealPath();
        try (var present = Files.walk(real)) {
            var paths = present.filter(p -> Files.isRegularFile(p, LinkOption.NOFOLLOW_LINKS))
                    .map(p -> real.relativize(p).toString())
                    .collect(Collectors.toSet());
            if (!paths.equals(files.stream().map(VolumeFile::path).collect(Collectors.toSet()))) {
                return false;
            }
        }
        for (var file : files) {
            var path = real.resolve(file.path());
            if (!ByteString.copyFrom(Files.readAllBytes(path)).equals(file.content())
                    || !Files.getPosixFilePermissions(path).equals(FileTree.permissions(file.mode()))) {
                return false;
            }
        }
        return true;
    }
}
