package io.keelson.cli.cluster;

import io.keelson.cli.print.Trouble;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The programs that a node needs, and the Debian packages that bring them. */
final class Packages {

    private static final int LOCK_SECONDS = 180;

    /** A package, and how to see that it is there. */
    private record Need(String debianPackage, String program) {}

    private static final List<Need> FOR_CONTAINERS = List.of(
            new Need("containerd", "containerd"),
            new Need("runc", "runc"),
            new Need("nftables", "nft"),
            new Need("iproute2", "ip"),
            new Need("util-linux", "nsenter"));

    private static final List<Path> CNI_FOLDERS =
            List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"), Path.of("/usr/libexec/cni"));

    private Packages() {}

    /** What a node with containers lacks here. */
    static List<String> missing() {
        var missing = new ArrayList<String>();
        for (var need : FOR_CONTAINERS) {
            if (Shell.which(need.program()).isEmpty()) missing.add(need.debianPackage());
        }
        if (CNI_FOLDERS.stream().noneMatch(folder -> Files.isExecutable(folder.resolve("ptp"))))
            missing.add("containernetworking-plugins");
        if (busybox().isEmpty()) missing.add("busybox-static");
        return missing;
    }

    /** A busybox that needs no libraries, for the example's image. */
    static Optional<Path> busybox() {
        return Shell.which("busybox").filter(path -> path.toFile().canRead()).filter(Packages::isStatic);
    }

    /** Looks for the program header that names a dynamic loader. */
    static boolean isStatic(Path program) {
        try (var file = Files.newByteChannel(program)) {
            var head = java.nio.ByteBuffer.allocate(4096).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            while (head.hasRemaining() && file.read(head) >= 0) {}
            head.flip();
            if (head.remaining() < 64 || head.getInt(0) != 0x464c457f || head.get(4) != 2) return false;
            int offset = (int) head.getLong(32);
            int size = head.getShort(54);
            int count = head.getShort(56);
            for (int i = 0; i < count && offset + (i + 1) * size <= head.limit(); i++) {
                if (head.getInt(offset + i * size) == 3) return false;
            }
            return true;
        } catch (java.io.IOException unreadable) {
            return false;
        }
    }

    /** Installs packages with apt, waiting for its lock; says what else to do if there is no apt. */
    static void install(List<String> packages) throws InterruptedException {
        if (Shell.which("apt-get").isEmpty()) {
            throw Trouble.of(
                    "these programs are missing: " + String.join(", ", packages),
                    "Install them with your system's package manager (the names are Debian's),",
                    "or run containers as plain processes:  keelson up --runtime process");
        }
        var result = apt(packages);
        if (!result.ok()) {
            // The lists may be missing or old.
            aptGet(List.of("update"));
            result = apt(packages);
        }
        if (!result.ok()) {
            var lines = new ArrayList<>(result.output()
                    .lines()
                    .filter(line -> line.startsWith("E:") || line.startsWith("dpkg: error"))
                    .limit(8)
                    .toList());
            if (lines.isEmpty())
                lines.addAll(result.output().lines().toList().reversed().stream()
                        .limit(5)
                        .toList()
                        .reversed());
            lines.add("Install them by hand:  apt-get install " + String.join(" ", packages));
            lines.add("or run containers as plain processes:  keelson up --runtime process");
            throw Trouble.of("apt-get could not install " + String.join(", ", packages), lines.toArray(String[]::new));
        }
    }

    private static Shell.Result apt(List<String> packages) throws InterruptedException {
        var words = new ArrayList<>(List.of("install", "-y", "--no-install-recommends"));
        words.addAll(packages);
        return aptGet(words);
    }

    private static Shell.Result aptGet(List<String> words) throws InterruptedException {
        var command = new ArrayList<>(List.of("apt-get", "-q", "-o", "DPkg::Lock::Timeout=" + LOCK_SECONDS));
        command.addAll(words);
        // Starting a system-wide containerd is not wanted: the node has its own.
        return Shell.run(
                Map.of("DEBIAN_FRONTEND", "noninteractive", "RUNLEVEL", "1"), "", command.toArray(String[]::new));
    }

    /**
     * Fetches busybox without root: the package is downloaded and unpacked in a folder.
     *
     * @return the program, or empty if that cannot be done
     */
    static Optional<Path> fetchBusybox(Path folder) throws InterruptedException {
        var program = folder.resolve("bin").resolve("busybox");
        if (Files.isExecutable(program)) return Optional.of(program);
        if (Shell.which("apt-get").isEmpty() || Shell.which("dpkg-deb").isEmpty()) return Optional.empty();
        var script =
                "set -e; mkdir -p \"$1\"; cd \"$1\"; apt-get -q download busybox-static; dpkg-deb -x busybox-static_*.deb .; rm busybox-static_*.deb";
        var result = Shell.run("sh", "-c", script, "sh", folder.toString());
        if (!result.ok()) return Optional.empty();
        var merged = folder.resolve("usr/bin/busybox");
        return Optional.of(Files.isExecutable(program) ? program : merged).filter(Files::isExecutable);
    }
}
