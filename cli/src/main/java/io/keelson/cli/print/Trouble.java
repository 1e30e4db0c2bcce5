package io.keelson.cli.print;

import java.util.List;

/**
 * Something that a user can do something about: what is wrong, in a sentence that names the thing, and the way out, a line each.
 *
 * <p>It ends a command with a non-zero exit code and is printed without a stack trace.
 */
public final class Trouble extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Exit code of a command that was understood and failed. */
    public static final int FAILED = 1;
    /** Exit code of a command that was called wrongly. */
    public static final int USAGE = 2;

    private final int exitCode;
    private final List<String> wayOut;

    private Trouble(int exitCode, String what, List<String> wayOut) {
        super(what);
        this.exitCode = exitCode;
        this.wayOut = wayOut;
    }

    /** A failure, with what to do about it. */
    public static Trouble of(String what, String... wayOut) {
        return new Trouble(FAILED, what, List.of(wayOut));
    }

    /** A failure with what led to it. */
    public static Trouble because(Throwable cause, String what, String... wayOut) {
        var trouble = new Trouble(FAILED, what, List.of(wayOut));
        trouble.initCause(cause);
        return trouble;
    }

    /** A command line that cannot be understood. */
    public static Trouble usage(String what, String... wayOut) {
        return new Trouble(USAGE, what, List.of(wayOut));
    }

    /** What the process should exit with. */
    public int exitCode() {
        return exitCode;
    }

    /** Lines that say what to do; may be empty. */
    public List<String> wayOut() {
        return wayOut;
    }
}
