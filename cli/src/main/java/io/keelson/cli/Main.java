package io.keelson.cli;

import io.keelson.cli.print.Terminal;

/** The program `keelson`. */
public final class Main {

    private Main() {}

    /** Runs one command and ends the process with its exit code: 0 done, 1 failed, 2 called wrongly. */
    public static void main(String[] args) {
        // Before anything logs.
        System.setProperty("java.util.logging.manager", LastingLog.class.getName());
        int code = Cli.run(args, Terminal.ofProcess());
        System.exit(code);
    }
}
