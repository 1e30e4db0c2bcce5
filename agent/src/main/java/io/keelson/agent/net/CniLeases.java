package io.keelson.agent.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The addresses that the host-local plugin gave out: a file each, named for the address, its first line the sandbox's id. A sandbox that went
 * without its network being taken down (a power cut) leaves its file behind, and enough of those exhaust the range.
 */
public final class CniLeases {
    private static final Pattern ADDRESS = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+");

    private CniLeases() {}

    /** Removes the leases of all sandboxes but these. No sandbox may be in the making meanwhile. */
    public static void keepOnly(Path leases, Set<String> sandboxIds) throws IOException {
        Path network = leases.resolve(CniConfig.NETWORK);
        if (!Files.isDirectory(network)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(
                network, file -> ADDRESS.matcher(file.getFileName().toString()).matches())) {
            for (Path file : files) {
                String owner =
                        Files.readString(file).lines().findFirst().orElse("").strip();
                if (!sandboxIds.contains(owner)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
