package io.keelson.cli;

import io.keelson.cli.print.Trouble;
import io.keelson.orchestrator.limits.WatchLimits;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** The options of a server about how much watching it allows. */
final class WatchOptions {

    private static final WatchLimits DEFAULT = WatchLimits.DEFAULT;

    private WatchOptions() {}

    static CommandSpec addedTo(CommandSpec spec) {
        return spec.addOption(Options.number(
                        "--max-watches",
                        "N",
                        "So many watches may be open on this server; default: " + DEFAULT.watches() + "."))
                .addOption(Options.number(
                        "--max-watches-per-user",
                        "N",
                        "So many of them may be one user's; default: " + DEFAULT.watchesOfUser() + "."))
                .addOption(Options.number(
                        "--watch-pending-events",
                        "N",
                        "A watch is cut when more events wait for its client; default: " + DEFAULT.pendingEvents()
                                + "."))
                .addOption(Options.number(
                        "--watch-pending-bytes",
                        "N",
                        "The same in bytes, as stored; default: " + DEFAULT.pendingBytes() + "."));
    }

    static WatchLimits of(ParseResult parsed) {
        try {
            return new WatchLimits(
                    whole(parsed, "--max-watches", DEFAULT.watches()),
                    whole(parsed, "--max-watches-per-user", DEFAULT.watchesOfUser()),
                    whole(parsed, "--watch-pending-events", DEFAULT.pendingEvents()),
                    Options.number(parsed, "--watch-pending-bytes").orElse(DEFAULT.pendingBytes()));
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw Trouble.usage("--max-watches, --watch-pending-...: " + wrong.getMessage());
        }
    }

    private static int whole(ParseResult parsed, String option, int byDefault) {
        return Math.toIntExact(Options.number(parsed, option).orElse((long) byDefault));
    }
}
