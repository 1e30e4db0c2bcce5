package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.store.HostPort;
import io.keelson.store.Member;
import io.keelson.store.Restore;
import io.keelson.store.StoreConfig;
import io.keelson.store.backup.SnapshotReader.Adjustment;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code keelson store restore}: makes a member's data directory from a snapshot, with the flags of {@code etcdctl snapshot restore}. */
final class StoreRestoreCommand implements Command {

    private static final String PEER = "http://localhost:2380";

    @Override
    public CommandSpec spec() {
        return Options.command(
                        "store restore",
                        "FILE --data-dir DIR [--name NAME --initial-cluster NAME=URL,... ...]",
                        "Makes the data directory of a member from a snapshot, of Keelson's or etcd's. Do it once for"
                                + " each member of the new cluster, from the same file; then start them.",
                        "")
                .addPositional(Options.rest("FILE", "What \"etcdctl snapshot save\" has saved."))
                .addOption(Options.text(
                        "--data-dir", "DIR", "Made; must not be there, or be empty. Default: NAME.keelson."))
                .addOption(Options.text("--name", "NAME", "The member's name; default: default."))
                .addOption(Options.text(
                        "--initial-cluster",
                        "NAME=URL,...",
                        "All members of the new cluster; default: this one alone."))
                .addOption(
                        Options.text("--initial-cluster-token", "TEXT", "Tells clusters apart; default: etcd-cluster."))
                .addOption(Options.text(
                        "--initial-advertise-peer-urls", "URL", "Where peers dial this member; default: " + PEER + "."))
                .addOption(Options.flag(
                        "--skip-hash-check", "Take a file without checksum: the database of a stopped etcd."))
                .addOption(Options.number(
                        "--bump-revision", "N", "Go on N revisions higher, so that no client sees a revision twice."))
                .addOption(Options.flag(
                        "--mark-compacted", "With --bump-revision: watchers of what was before must begin anew."));
    }

    @Override
    public int run(ParseResult parsed, Terminal terminal) {
        var words = Options.words(parsed);
        if (words.size() != 1)
            throw Trouble.usage("one FILE is needed", "For example: keelson store restore backup.db --data-dir new");
        var file = Path.of(words.getFirst());
        var config = config(parsed);
        // What the libraries tell of their steps would drown the one line that counts.
        Logger.getLogger("").setLevel(Level.WARNING);
        try {
            var adjustment = new Adjustment(
                    Options.number(parsed, "--bump-revision").orElse(0L), Options.flag(parsed, "--mark-compacted"));
            Restore.run(
                    file,
                    config,
                    new Restore.Options(adjustment, Options.flag(parsed, "--skip-hash-check"), peersSpeakTls(parsed)));
        } catch (IllegalArgumentException wrong) {
            throw Trouble.usage(String.valueOf(wrong.getMessage()));
        } catch (IOException failed) {
            throw Trouble.because(failed, "nothing is restored: " + failed.getMessage());
        }
        terminal.out()
                .println("restored " + file + " to " + config.dataDir() + ", member " + config.name() + " of "
                        + config.members().size() + ", cluster token " + config.clusterToken());
        return 0;
    }

    private static StoreConfig config(ParseResult parsed) {
        var name = Options.text(parsed, "--name").orElse("default");
        var peer = address(
                "--initial-advertise-peer-urls",
                Options.text(parsed, "--initial-advertise-peer-urls").orElse(PEER));
        var members = Options.text(parsed, "--initial-cluster")
                .map(StoreRestoreCommand::members)
                .orElseGet(() -> List.of(new Member(name, peer, List.of())));
        var self = members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Trouble.usage("--initial-cluster does not name this member: --name " + name));
        if (Options.text(parsed, "--initial-advertise-peer-urls").isPresent()
                && !self.peer().equals(peer))
            throw Trouble.usage("--initial-cluster has " + name + " at " + self.peer()
                    + ", and --initial-advertise-peer-urls says " + peer);
        return new StoreConfig(
                name,
                Path.of(Options.text(parsed, "--data-dir").orElse(name + ".keelson")),
                Options.text(parsed, "--initial-cluster-token").orElse("etcd-cluster"),
                List.of(),
                self.peer(),
                members,
                Optional.empty(),
                Optional.empty());
    }

    /** Of a server's list, which has no URLs, always: servers speak nothing else to each other. */
    private static boolean peersSpeakTls(ParseResult parsed) {
        var peers = Options.text(parsed, "--initial-cluster")
                .map(cluster -> Stream.of(cluster.split(",", -1))
                        .map(part -> part.substring(part.indexOf('=') + 1))
                        .toList())
                .orElseGet(() -> List.of(
                        Options.text(parsed, "--initial-advertise-peer-urls").orElse(PEER)));
        var secure = peers.stream()
                .map(peer -> !peer.strip().startsWith("http://"))
                .distinct()
                .toList();
        if (secure.size() > 1)
            throw Trouble.usage("--initial-cluster: some members are to speak https and some http to each other: "
                    + String.join(", ", peers));
        return secure.getFirst();
    }

    private static List<Member> members(String cluster) {
        var members = new ArrayList<Member>();
        for (var part : cluster.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals <= 0)
                throw Trouble.usage("--initial-cluster is NAME=URL,..., and \"" + part + "\" is not NAME=URL");
            members.add(new Member(
                    part.substring(0, equals), address("--initial-cluster", part.substring(equals + 1)), List.of()));
        }
        return members;
    }

    /** A URL as the store has it; {@code HOST:PORT} as the server has it. */
    private static HostPort address(String option, String text) {
        try {
            if (!text.contains("://")) return HostPort.parse(text);
            var url = URI.create(text.strip());
            var host = url.getHost();
            if (host != null)
                return new HostPort(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, url.getPort());
        } catch (IllegalArgumentException wrong) {
            throw Trouble.usage(option + ": \"" + text + "\" is no URL such as " + PEER);
        }
        throw Trouble.usage(option + ": \"" + text + "\" is no URL such as " + PEER);
    }
}
