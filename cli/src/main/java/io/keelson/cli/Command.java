package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** One command of `keelson`. */
interface Command {

    /** Its options and parameters. Programmatic, since reading annotations by reflection costs every start of the program. */
    CommandSpec spec();

    /**
     * Does it.
     *
     * @return the exit code
     * @throws Trouble when it cannot be done
     * @throws InterruptedException when the process is told to end
     */
    int run(ParseResult parsed, Terminal terminal) throws InterruptedException;
}
