package io.keelson.agent.runtime.process;

import io.keelson.agent.io.FileTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/**
 * A directory that stands for a container's root. Nothing is mounted, so symbolic links that begin with a slash are written anew as relative
 * ones: followed by the kernel they then stay within the directory.
 */
record Rootfs(Path directory) {
    private static final String WHITEOUT = ".wh.";
    private static final String OPAQUE = ".wh..wh..opq";
    private static final int LINKS_MAX = 40;

    /** Unpacks one layer over what is there. */
    void apply(InputStream layer) throws IOException {
        var tar = new TarReader(layer);
        for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            unpack(entry.get(), tar);
        }
    }

    private void unpack(TarReader.Entry entry, TarReader tar) throws IOException {
        var target = inside(entry.name());
        if (target.equals(directory)) {
            return;
        }
        target = placeOfEntry(target);
        var parent = target.resolveSibling("");
        var name = target.getFileName().toString();
        if (name.equals(OPAQUE)) {
            clear(parent);
            return;
        }
        if (name.startsWith(WHITEOUT)) {
            FileTree.delete(parent.resolve(name.substring(WHITEOUT.length())));
            return;
        }
        switch (entry.type()) {
            case '5' -> {
                if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    FileTree.delete(target);
                    Files.createDirectory(target);
                }
                // The owner must be able to fill and later delete it.
                Files.setPosixFilePermissions(target, FileTree.permissions(entry.mode() | 0700));
            }
            case '2' -> {
                FileTree.delete(target);
                Files.createSymbolicLink(target, relative(target, entry.link()));
            }
            case '1' -> {
                var existing = inside(entry.link());
                var source = placeOfEntry(existing);
                FileTree.delete(target);
                Files.createLink(target, source);
            }
            case '0', '7' -> {
                FileTree.delete(target);
                Files.copy(tar.content(), target);
                Files.setPosixFilePermissions(target, FileTree.permissions(entry.mode() | 0600));
            }
            default -> {
                // Devices and pipes need rights that this runtime does not have; programs use the machine's.
            }
        }
    }

    /** The path of the directory for a name within the container; dots cannot lead out. */
    Path inside(String name) {
        var clean = Path.of("/").resolve(name).normalize();
        return directory.resolve(Path.of("/").relativize(clean).toString());
    }

    private Path placeOfEntry(Path target) throws IOException {
        return place(target)
                .orElseThrow(() -> new IOException("layer: " + target + " goes through a link out of the image"));
    }

    /**
     * Where a path within the directory really is, below a parent that exists: links on the way are followed. Empty if one leads out.
     *
     * @param target from {@link #inside}, and not the directory itself
     */
    Optional<Path> place(Path target) throws IOException {
        var at = directory;
        var name = target.getFileName().toString();
        var parents = directory.relativize(target).getParent();
        if (parents == null) {
            return Optional.of(at.resolve(name));
        }
        for (var part : parents) {
            var next = at.resolve(part.toString());
            if (Files.isSymbolicLink(next)) {
                var real = follow(next);
                if (real.isEmpty()) {
                    return Optional.empty();
                }
                Files.createDirectories(real.get());
                at = real.get();
            } else {
                if (!Files.isDirectory(next, LinkOption.NOFOLLOW_LINKS)) {
                    FileTree.delete(next);
                    Files.createDirectory(next);
                }
                at = next;
            }
        }
        return Optional.of(at.resolve(name));
    }

    /** Where a link within the directory leads, as the container would see it; empty if out of it or in circles. */
    private Optional<Path> follow(Path link) throws IOException {
        var at = link;
        for (int i = 0; i < LINKS_MAX && Files.isSymbolicLink(at); i++) {
            at = at.resolveSibling(Files.readSymbolicLink(at)).normalize();
        }
        return Files.isSymbolicLink(at) || !at.startsWith(directory) ? Optional.empty() : Optional.of(at);
    }

    private Path relative(Path link, String target) {
        if (!target.startsWith("/")) {
            return Path.of(target);
        }
        var relative = link.resolveSibling("").relativize(inside(target)).toString();
        return Path.of(relative.isEmpty() ? "." : relative);
    }

    /** The program that {@code command} names in this root, looked up along {@code path}; what is run is within the directory. */
    Optional<Path> program(String command, String workingDir, List<String> path) throws IOException {
        var candidates = command.startsWith("/")
                ? List.of(inside(command))
                : command.contains("/")
                        ? List.of(inside(Path.of("/")
                                .resolve(workingDir)
                                .resolve(command)
                                .toString()))
                        : path.stream().map(p -> inside(p + "/" + command)).toList();
        for (var candidate : candidates) {
            if (Files.isRegularFile(candidate)
                    && Files.isExecutable(candidate)
                    && candidate.toRealPath().startsWith(directory.toRealPath())) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Copies all of it. */
    void copyTo(Path target) throws IOException {
        var from = directory;
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                var copy = target.resolve(from.relativize(dir).toString());
                Files.createDirectories(copy);
                Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(dir));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.copy(
                        file,
                        target.resolve(from.relativize(file).toString()),
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void clear(Path directory) throws IOException {
        try (var children = Files.list(directory)) {
            for (var child : children.toList()) {
                FileTree.delete(child);
            }
        }
    }
}
