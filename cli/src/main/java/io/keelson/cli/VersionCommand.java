package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.proto.v1.AdminGrpc;
import io.keelson.proto.v1.ServerStatusRequest;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson version}: of this program, and of the cluster's servers if there is a cluster. */
final class VersionCommand implements Command {

    /** The version in the jar's manifest; a class folder has none. */
    static String version() {
        return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public CommandSpec spec() {
        return Client.options(
                Options.command("version", "[--client]", "Prints the versions of this program and of the cluster.", "")
                        .addOption(Options.flag("--client", "Do not ask the cluster.")));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        terminal.out().println("keelson " + version() + " (Java " + Runtime.version() + ")");
        if (Options.flag(parsed, "--client")) return 0;
        terminal.out().flush();
        try (var client = Client.connect(parsed, terminal)) {
            var server = client.servers()
                    .on(channel -> AdminGrpc.newBlockingStub(channel).status(ServerStatusRequest.getDefaultInstance()));
            terminal.out().println("server " + server.getVersion() + " (" + server.getName() + ")");
        } catch (Trouble noCluster) {
            terminal.out().println("server none: " + noCluster.getMessage());
        }
        return 0;
    }
}
