package io.keelson.agent.runtime.containerd;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/** Which top-level cgroups a node has used, so that they can be removed when all else is gone. */
final class CgroupRecord {
    /** A name of ours; nothing else is ever removed. */
    static final String PREFIX = "/keelson";

    private CgroupRecord() {}

    /** The top-level part of a pod's cgroup if it is ours: {@code /keelson-node-1/kubepods/pod1} is in {@code /keelson-node-1}. */
    static Optional<String> top(String group) {
        if (!group.startsWith(PREFIX)) {
            return Optional.empty();
        }
        int end = group.indexOf('/', 1);
        return Optional.of(end < 0 ? group : group.substring(0, end));
    }

    /**
     * The group as this node uses it: below a top of its own, as another cluster on the machine may have a node of the same name. Empty stays
     * empty, and what is not ours stays as it is.
     */
    static String scoped(String group, Path agentDir) {
        return top(group)
                .map(top -> top + "-" + hash(agentDir) + group.substring(top.length()))
                .orElse(group);
    }

    private static String hash(Path agentDir) {
        byte[] name = agentDir.toAbsolutePath().normalize().toString().getBytes(StandardCharsets.UTF_8);
        CRC32 crc = new CRC32();
        crc.update(name);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    static List<String> read(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .filter(line -> top(line).equals(Optional.of(line)))
                        .distinct()
                        .toList()
                : List.of();
    }
}
