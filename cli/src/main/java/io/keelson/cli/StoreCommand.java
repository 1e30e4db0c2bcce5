package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.store.HostPort;
import io.keelson.store.Member;
import io.keelson.store.Store;
import io.keelson.store.StoreConfig;
import io.keelson.store.Tls;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code keelson store}: the store alone, with etcd's flags, so that it can stand in for etcd. Plain text where a URL says {@code http},
 * as with etcd.
 */
final class StoreCommand implements Command {

    /** etcd's flags that mean something that is not built: refused by name, and not ignored. */
    static final List<String> NOT_BUILT = List.of(
            "--auto-compaction-mode",
            "--auto-compaction-retention",
            "--auto-tls",
            "--auth-token",
            "--bcrypt-cost",
            "--cipher-suites",
            "--client-crl-file",
            "--client-cert-allowed-hostname",
            "--config-file",
            "--cors",
            "--discovery",
            "--discovery-fallback",
            "--discovery-proxy",
            "--discovery-srv",
            "--election-timeout",
            "--enable-grpc-gateway",
            "--enable-pprof",
            "--enable-v2",
            "--experimental-initial-corrupt-check",
            "--force-new-cluster",
            "--heartbeat-interval",
            "--host-whitelist",
            "--initial-election-tick-advance",
            "--listen-metrics-urls",
            "--log-level",
            "--log-outputs",
            "--logger",
            "--max-request-bytes",
            "--max-snapshots",
            "--max-txn-ops",
            "--max-wals",
            "--metrics",
            "--peer-auto-tls",
            "--peer-cert-allowed-cn",
            "--peer-crl-file",
            "--pre-vote",
            "--proxy",
            "--quota-backend-bytes",
            "--snapshot-count",
            "--strict-reconfig-check",
            "--wal-dir");

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                        "store", "[etcd's flags]", "Runs the store alone in this process, in place of etcd.", "")
                .addOption(Options.text("--name", "NAME", "This member's name; default: default."))
                .addOption(Options.text("--data-dir", "DIR", "Its data; default: NAME.keelson."))
                .addOption(Options.text(
                        "--listen-client-urls", "URL,...", "Where to serve clients; default: http://localhost:2379."))
                .addOption(Options.text("--advertise-client-urls", "URL,...", "Where clients dial this member."))
                .addOption(Options.text(
                        "--listen-peer-urls", "URL", "Where to serve peers; default: http://localhost:2380."))
                .addOption(Options.text("--initial-advertise-peer-urls", "URL", "Where peers dial this member."))
                .addOption(Options.text("--initial-cluster", "NAME=URL,...", "All members; default: this one alone."))
                .addOption(
                        Options.text("--initial-cluster-token", "TEXT", "Tells clusters apart; default: etcd-cluster."))
                .addOption(Options.text("--initial-cluster-state", "new", "Only new is built."))
                .addOption(Options.text("--cert-file", "FILE", "Certificate for clients, PEM."))
                .addOption(Options.text("--key-file", "FILE", "Its key, PEM (PKCS#8)."))
                .addOption(Options.text("--trusted-ca-file", "FILE", "Who signs clients' certificates, PEM."))
                .addOption(implied("--client-cert-auth", "Clients must show a certificate: always so with https."))
                .addOption(Options.text("--peer-cert-file", "FILE", "Certificate among peers, PEM."))
                .addOption(Options.text("--peer-key-file", "FILE", "Its key, PEM (PKCS#8)."))
                .addOption(Options.text("--peer-trusted-ca-file", "FILE", "Who signs peers' certificates, PEM."))
                .addOption(implied("--peer-client-cert-auth", "Peers must show a certificate: always so with https."));
        NOT_BUILT.forEach(flag -> spec.addOption(Options.text(flag, "", "").toBuilder()
                .hidden(true)
                .arity("0..1")
                .fallbackValue("")
                .build()));
        return spec;
    }

    /** etcd takes {@code --client-cert-auth} and {@code --client-cert-auth=true}. */
    private static OptionSpec implied(String name, String description) {
        return Options.text(name, "true", description).toBuilder()
                .arity("0..1")
                .fallbackValue("true")
                .build();
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) throws InterruptedException {
        for (var flag : NOT_BUILT) {
            if (parsed.hasMatchedOption(flag))
                throw Trouble.usage(
                        "etcd's flag " + flag + " is not built yet", "Leave it out: the store works as without it.");
        }
        Serving.logLines();
        var config = config(parsed);
        var died = new CountDownLatch(1);
        Store store;
        try {
            store = Store.start(config, failure -> {
                System.getLogger("keelson").log(System.Logger.Level.ERROR, "the store has died", failure);
                died.countDown();
            });
        } catch (IllegalStateException | IllegalArgumentException failed) {
            throw Trouble.because(failed, "the store cannot start: " + failed.getMessage());
        }
        Thread.ofVirtual().name("ready").start(() -> sayWhenReady(store, config));
        return Serving.untilToldToEnd("store " + config.name(), died, store);
    }

    private static void sayWhenReady(Store store, StoreConfig config) {
        try {
            while (!store.ready()) Thread.sleep(20);
            Serving.log("ready to serve client requests on " + config.clientListen());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    static StoreConfig config(ParseResult parsed) {
        var name = Options.text(parsed, "--name").orElse("default");
        var listenClients = urls(parsed, "--listen-client-urls", "http://localhost:2379");
        var listenPeers = urls(parsed, "--listen-peer-urls", "http://localhost:2380");
        var advertisedClients = Options.text(parsed, "--advertise-client-urls").isPresent()
                ? urls(parsed, "--advertise-client-urls", "")
                : listenClients;
        var advertisedPeer =
                Options.text(parsed, "--initial-advertise-peer-urls").isPresent()
                        ? urls(parsed, "--initial-advertise-peer-urls", "")
                        : listenPeers;
        var state = Options.text(parsed, "--initial-cluster-state").orElse("new");
        if (!state.equals("new"))
            throw Trouble.usage(
                    "--initial-cluster-state " + state + " is not built yet: members cannot join a running store");
        for (var option : List.of("--client-cert-auth", "--peer-client-cert-auth")) {
            if (Options.text(parsed, option).orElse("true").equals("false"))
                throw Trouble.usage(option + "=false is not built yet: with https, the other side shows a certificate");
        }
        if (listenPeers.size() > 1) throw Trouble.usage("--listen-peer-urls: several are not built yet");
        var cluster = Options.text(parsed, "--initial-cluster").orElse(name + "=" + advertisedPeer.getFirst());
        var clients = advertisedClients.stream().map(StoreCommand::address).toList();
        return new StoreConfig(
                name,
                Path.of(Options.text(parsed, "--data-dir").orElse(name + ".keelson")),
                Options.text(parsed, "--initial-cluster-token").orElse("etcd-cluster"),
                listenClients.stream().map(StoreCommand::address).toList(),
                address(listenPeers.getFirst()),
                members(cluster, name, clients),
                tls(parsed, listenClients, "--cert-file", "--key-file", "--trusted-ca-file"),
                tls(parsed, listenPeers, "--peer-cert-file", "--peer-key-file", "--peer-trusted-ca-file"));
    }

    private static List<Member> members(String cluster, String self, List<HostPort> clients) {
        var members = new ArrayList<Member>();
        for (var part : cluster.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals <= 0)
                throw Trouble.usage("--initial-cluster is NAME=URL,..., and \"" + part + "\" is not NAME=URL");
            var name = part.substring(0, equals);
            members.add(new Member(
                    name,
                    address(url("--initial-cluster", part.substring(equals + 1))),
                    name.equals(self) ? clients : List.of()));
        }
        return members;
    }

    private static Optional<Tls> tls(
            ParseResult parsed, List<URI> urls, String certificate, String key, String authority) {
        if (urls.stream().noneMatch(url -> url.getScheme().equals("https"))) return Optional.empty();
        if (urls.stream().anyMatch(url -> url.getScheme().equals("http")))
            throw Trouble.usage("http and https together are not built yet: " + urls);
        return Optional.of(
                new Tls(Serving.file(parsed, certificate), Serving.file(parsed, key), Serving.file(parsed, authority)));
    }

    private static List<URI> urls(ParseResult parsed, String option, String otherwise) {
        var text = Options.text(parsed, option).orElse(otherwise);
        return java.util.Arrays.stream(text.split(",", -1))
                .map(part -> url(option, part))
                .toList();
    }

    private static URI url(String option, String text) {
        try {
            var url = URI.create(text.strip());
            if (url.getHost() != null
                    && url.getPort() > 0
                    && List.of("http", "https").contains(url.getScheme())) return url;
        } catch (IllegalArgumentException wrong) {
            throw Trouble.usage(option + ": \"" + text + "\" is no URL such as http://127.0.0.1:2379");
        }
        throw Trouble.usage(option + ": \"" + text + "\" is no URL such as http://127.0.0.1:2379");
    }

    private static HostPort address(URI url) {
        var host = url.getHost();
        return new HostPort(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, url.getPort());
    }
}
