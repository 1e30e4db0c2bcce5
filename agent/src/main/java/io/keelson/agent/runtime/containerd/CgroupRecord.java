package io.keelson.agent.runtime.containerd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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

    static List<String> read(Path file) throws IOException {
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .filter(line -> top(line).equals(Optional.of(line)))
                        .distinct()
                        .toList()
                : List.of();
    }
}
