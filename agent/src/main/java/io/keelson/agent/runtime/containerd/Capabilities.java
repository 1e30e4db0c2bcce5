package io.keelson.agent.runtime.containerd;

import java.util.HexFormat;

/** Which rights of root a process has; root in a container or a small virtual machine often lacks some. */
record Capabilities(long bits) {
    /** Bit of CAP_SYS_RESOURCE, the right to lower an oom score. */
    private static final int SYS_RESOURCE = 24;

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

    boolean mayLowerOomScore() {
        return (bits & (1L << SYS_RESOURCE)) != 0;
    }
}
