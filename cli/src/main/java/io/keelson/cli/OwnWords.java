package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import java.util.List;
import picocli.CommandLine.ParseResult;

/** A command that reads its words by itself, since they follow other rules than ours. Its {@link #spec} serves completion only. */
interface OwnWords extends Command {

    /**
     * Does it.
     *
     * @param words all that stands behind the command's name
     * @return the exit code
     */
    int run(List<String> words, Terminal terminal) throws InterruptedException;

    @Override
    default int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        return run(parsed.originalArgs(), terminal);
    }
}
