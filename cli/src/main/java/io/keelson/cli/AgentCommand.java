package io.keelson.cli;

import io.keelson.agent.Agent;
import io.keelson.agent.AgentConfig;
import io.keelson.agent.RuntimeKind;
import io.keelson.agent.rpc.HostPort;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson agent}: one node in this process, until it is told to end. Its pods outlive it. */
final class AgentCommand implements Command {

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "agent",
                        "--name NAME --dir DIR --servers HOST:PORT,... ...",
                        "Runs one node in this process.",
                        "")
                .addOption(Options.text("--name", "NAME", "The node's name; its certificate says system:node:NAME."))
                .addOption(Options.text("--dir", "DIR", "Where the node keeps everything."))
                .addOption(Options.text("--servers", "HOST:PORT,...", "The API servers."))
                .addOption(Options.text("--cert", "FILE", "The node's certificate, PEM."))
                .addOption(Options.text("--key", "FILE", "Its key, PEM (PKCS#8)."))
                .addOption(Options.text("--ca", "FILE", "Who signs the servers' certificates, PEM."))
                .addOption(
                        Options.text("--runtime", "containerd|process", "What runs containers; default: containerd."))
                .addOption(Options.text("--node-address", "ADDRESS", "The node's address, where NodePorts answer."))
                .addOption(Options.text("--images", "DIR", "Image archives to import; default: DIR/images."))
                .addOption(Options.texts("--label", "KEY=VALUE", "A label of the node. May be given again."));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        Serving.logLines();
        var name = Serving.required(parsed, "--name");
        var directory = Path.of(Serving.required(parsed, "--dir"));
        var runtime = switch (Options.text(parsed, "--runtime").orElse("containerd")) {
            case "containerd" -> RuntimeKind.CONTAINERD;
            case "process" -> RuntimeKind.PROCESS;
            default -> throw Trouble.usage("--runtime is containerd or process");
        };
        var servers = Serving.addresses(parsed, "--servers").stream()
                .map(server -> new HostPort(Serving.host(server), Serving.port(server)))
                .toList();
        Agent agent;
        try {
            var config = new AgentConfig(
                    name,
                    directory,
                    servers,
                    Serving.file(parsed, "--cert"),
                    Serving.file(parsed, "--key"),
                    Serving.file(parsed, "--ca"),
                    runtime,
                    Serving.required(parsed, "--node-address"),
                    Options.text(parsed, "--images").map(Path::of).orElse(directory.resolve("images")),
                    labels(parsed));
            agent = Agent.start(config);
        } catch (IOException | RuntimeException failed) {
            throw Trouble.because(failed, "node " + name + " cannot start: " + failed.getMessage());
        }
        Serving.log("node " + name + " runs (" + runtime + "), servers " + servers);
        agent.limits().forEach(limit -> Serving.log("limit: " + limit));
        return Serving.untilToldToEnd("node " + name, new CountDownLatch(1), agent);
    }

    private static Map<String, String> labels(ParseResult parsed) {
        var labels = new HashMap<String, String>();
        for (var label : Options.texts(parsed, "--label")) {
            int equals = label.indexOf('=');
            if (equals <= 0) throw Trouble.usage("--label is KEY=VALUE, not \"" + label + "\"");
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        return labels;
    }
}
