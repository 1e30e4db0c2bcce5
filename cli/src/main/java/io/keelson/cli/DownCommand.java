package io.keelson.cli;

import io.keelson.cli.cluster.Down;
import io.keelson.cli.cluster.Plan;
import io.keelson.cli.print.Terminal;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson down}: stops the cluster of this machine. */
final class DownCommand implements Command {

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "down",
                        "[--purge]",
                        "Stops the cluster on this machine: pods, nodes, servers, network. Its data stays.",
                        "")
                .addOption(Options.text("--dir", "DIR", "The cluster's folder; default: ~/.keelson."))
                .addOption(Options.flag("--purge", "Remove the folder, too, with everything that the cluster knew."));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        var plan = Plan.require(Client.directory(parsed, terminal));
        new Down(plan, terminal).run(Options.flag(parsed, "--purge"));
        return 0;
    }
}
