package io.keelson.cli;

import io.keelson.cli.pki.Authority;
import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.orchestrator.Orchestrator;
import io.keelson.orchestrator.OrchestratorConfig;
import io.keelson.orchestrator.StoreStatus;
import io.keelson.store.Allowed;
import io.keelson.store.HostPort;
import io.keelson.store.Member;
import io.keelson.store.Store;
import io.keelson.store.StoreConfig;
import io.keelson.store.Tls;
import io.keelson.store.tls.Credentials;
import io.keelson.store.tls.TlsProblem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson server}: a replica of the store, the API and the control loop, in this process, until it is told to end. */
final class ServerCommand implements Command {

    private static final String SERVICE_CIDR = "10.96.0.0/16";
    private static final String CLUSTER_CIDR = "10.244.0.0/16";

    @Override
    public CommandSpec spec() {
        return WatchOptions.addedTo(AccessOptions.addedTo(Options.command(
                        "server", "--name NAME --dir DIR --initial-cluster NAME=HOST:PORT,... ...",
                        "Runs one control-plane server in this process: store, API and control loop.", "")
                .addOption(Options.text("--name", "NAME", "This server's name, one of --initial-cluster."))
                .addOption(Options.text("--dir", "DIR", "Its folder; the store's data is in DIR/data."))
                .addOption(Options.text(
                        "--cluster-token", "TEXT", "Tells clusters apart; the same on all servers. Default: keelson."))
                .addOption(Options.text("--listen-client", "HOST:PORT,...", "Where to serve etcd clients."))
                .addOption(Options.text("--listen-peer", "HOST:PORT", "Where to serve the other servers."))
                .addOption(Options.text("--listen-api", "HOST:PORT,...", "Where to serve the API, REST and gRPC."))
                .addOption(Options.text(
                        "--initial-cluster",
                        "NAME=HOST:PORT,...",
                        "All servers and where their peers dial them; the same on each."))
                .addOption(Options.text(
                        "--initial-clients", "NAME=HOST:PORT,...", "Where clients dial each server's store."))
                .addOption(Options.text(
                        "--api-endpoints",
                        "HOST:PORT,...",
                        "API addresses as pods reach them: what is behind the service kubernetes."))
                .addOption(
                        Options.text("--service-cidr", "CIDR", "Addresses of services; default: " + SERVICE_CIDR + "."))
                .addOption(Options.text("--cluster-cidr", "CIDR", "Addresses of pods; default: " + CLUSTER_CIDR + "."))
                .addOption(Options.text("--cert", "FILE", "This server's certificate, PEM."))
                .addOption(Options.text("--key", "FILE", "Its key, PEM (PKCS#8)."))
                .addOption(
                        Options.text("--ca", "FILE", "Who signs the certificates of servers, nodes and users, PEM."))));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        Serving.logLines();
        var name = Serving.required(parsed, "--name");
        var tls = storeTls(Serving.file(parsed, "--cert"), Serving.file(parsed, "--key"), Serving.file(parsed, "--ca"));
        refuseToBeAStranger(name, tls);
        var config = new StoreConfig(
                name,
                Path.of(Serving.required(parsed, "--dir")).resolve("data"),
                Options.text(parsed, "--cluster-token").orElse("keelson"),
                hostPorts(parsed, "--listen-client"),
                hostPorts(parsed, "--listen-peer").getFirst(),
                members(parsed),
                Optional.of(tls),
                Optional.of(tls));
        var api = new OrchestratorConfig(
                name,
                hostPorts(parsed, "--listen-api"),
                tls.certificate(),
                tls.key(),
                Serving.file(parsed, "--ca"),
                Options.text(parsed, "--service-cidr").orElse(SERVICE_CIDR),
                Options.text(parsed, "--cluster-cidr").orElse(CLUSTER_CIDR),
                Options.text(parsed, "--api-endpoints")
                        .map(list -> List.of(list.split(",", -1)))
                        .orElse(List.of()),
                AccessOptions.of(parsed),
                WatchOptions.of(parsed));
        Serving.log("server " + name + " starts; data in " + config.dataDir());
        var died = new CountDownLatch(1);
        return Serving.untilToldToEnd("server " + name, died, start(config, api, died));
    }

    /**
     * The store behind the API holds every secret in the clear and asks nobody for a role, so what the authority signs for nodes and users
     * opens none of its ports.
     */
    static Tls storeTls(Path certificate, Path key, Path authority) {
        return new Tls(certificate, key, authority)
                .only(new Allowed.Organizations(Set.of(Authority.SERVERS, Authority.MASTERS)));
    }

    /** Else it would start, and wait for others that send it away. */
    private static void refuseToBeAStranger(String name, Tls tls) {
        Optional<String> refusal;
        try {
            refusal = Credentials.load(tls).ownRefusal();
        } catch (TlsProblem broken) {
            throw Trouble.because(broken, "server " + name + " cannot start: " + broken.getMessage());
        }
        refusal.ifPresent(why -> {
            throw Trouble.of(
                    "server " + name + " cannot start: the other servers would refuse its certificate "
                            + tls.certificate() + ": " + why,
                    "Issue the certificates of all servers anew, with the organization " + Authority.SERVERS
                            + " in the subject (openssl: -subj \"/O=" + Authority.SERVERS + "/CN=" + name + "\").",
                    "For a cluster of keelson up, keelson up does it.");
        });
    }

    /** The store first, since all else stands on it; closed in reverse. */
    private static AutoCloseable start(StoreConfig config, OrchestratorConfig api, CountDownLatch died) {
        try {
            var store = Store.start(config, failure -> {
                System.getLogger("keelson").log(System.Logger.Level.ERROR, "the store has died", failure);
                died.countDown();
            });
            try {
                var orchestrator = Orchestrator.start(
                        api, store.kv(), () -> new StoreStatus(store.leader(), store.ready(), store.revision()));
                Serving.log("serves the API on " + api.listen() + ", etcd clients on " + config.clientListen()
                        + ", peers on " + config.peerListen());
                return () -> {
                    // The others need not wait for what takes its time here.
                    store.handOver();
                    orchestrator.close();
                    store.close();
                };
            } catch (RuntimeException failed) {
                store.close();
                throw failed;
            }
        } catch (IllegalStateException | IllegalArgumentException failed) {
            throw Trouble.because(failed, "server " + config.name() + " cannot start: " + failed.getMessage());
        }
    }

    private static List<HostPort> hostPorts(ParseResult parsed, String option) {
        return Serving.addresses(parsed, option).stream().map(HostPort::parse).toList();
    }

    private static List<Member> members(ParseResult parsed) {
        var clients = Options.text(parsed, "--initial-clients")
                .map(text -> named(text, "--initial-clients"))
                .orElse(Map.of());
        var members = new ArrayList<Member>();
        named(Serving.required(parsed, "--initial-cluster"), "--initial-cluster")
                .forEach((name, peers) ->
                        members.add(new Member(name, peers.getFirst(), clients.getOrDefault(name, List.of()))));
        members.sort(java.util.Comparator.comparing(Member::name));
        return members;
    }

    /** Reads {@code a=host:port,b=host:port}; a name may stand several times. */
    static Map<String, List<HostPort>> named(String text, String option) {
        var found = new HashMap<String, List<HostPort>>();
        for (var part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals <= 0)
                throw Trouble.usage(option + " is NAME=HOST:PORT,..., and \"" + part + "\" is not NAME=HOST:PORT");
            try {
                found.computeIfAbsent(part.substring(0, equals), name -> new ArrayList<>())
                        .add(HostPort.parse(part.substring(equals + 1)));
            } catch (IllegalArgumentException wrong) {
                throw Trouble.usage(option + ": " + wrong.getMessage());
            }
        }
        return found;
    }
}
