package io.keelson.agent.runtime.containerd;

import java.util.HexFormat;
import java.util.regex.Pattern;

/** Which rights of root a process has; root in a container or a small virtual machine often lacks some. */
record Capabilities(long bits) {
    /** Bit of CAP_SYS_RESOURCE, the right to lower an oom score. */
    private static final int SYS_RESOURCE = 24;

    /** Real, effective, saved and file system user; the second counts. */
    private static final Pattern ROOT = Pattern.compile("Uid:\\s+\\d+\\s+0\\s+\\d+\\s+\\d+");

    private static final String LINE = "CapEff:";

    /** From the text of {@code /proc/<pid>/status}. None if it does not say. */
    static Capabilities effective(String procStatus) {
        return procStatus
                .lines()
                .filter(line -> line.startsWith(LINE))
                .findFirst()
                .map(line -> new Capabilities(HexFormat.fromHexDigitsToLong(
                        line.substring(LINE.length()).strip())))
                .orElse(new Capabilities(0));
    }

    /** Whether the process acts as user 0, from the same text. */
    static boolean isRoot(String procStatus) {
        return procStatus.lines().anyMatch(line -> ROOT.matcher(line).matches());
    }

    boolean mayLowerOomScore() {
        return (bits & (1L << SYS_RESOURCE)) != 0;
    }
}
