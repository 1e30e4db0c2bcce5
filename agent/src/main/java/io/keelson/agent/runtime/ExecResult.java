package io.keelson.agent.runtime;

/** How a command in a container ended. Output is decoded as UTF-8, leniently. */
public record ExecResult(int exitCode, String stdout, String stderr) {
    /** More output than this, per stream, is dropped. */
    public static final int OUTPUT_BYTES_MAX = 64 * 1024;
}
