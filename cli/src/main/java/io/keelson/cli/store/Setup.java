package io.keelson.cli.store;

import io.keelson.cli.print.Trouble;
import io.keelson.cli.store.Values.Url;
import io.keelson.store.Allowed;
import io.keelson.store.Door;
import io.keelson.store.HostPort;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import io.keelson.store.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A member of the store as flags say it should be.
 *
 * @param config all but certificates that have to be made first
 * @param logging what is logged, and where to
 * @param ownForClients whether the certificate for clients is to be made
 * @param ownForPeers whether the certificate for members is to be made
 * @param ownValidity for how long what is made is valid
 * @param remarks for the log
 */
public record Setup(
        StoreConfig config,
        LogSettings logging,
        boolean ownForClients,
        boolean ownForPeers,
        Duration ownValidity,
        List<String> remarks) {

    private static final List<String> WILDCARDS = List.of("0.0.0.0", "::", "[::]");
    private static final long MAX_ELECTION_MILLIS = 50_000;

    /**
     * Makes sense of what is given.
     *
     * @throws Trouble naming the flag, what it says and what is expected
     */
    static Setup of(Given given) {
        var checked = given.checked();
        var values = new Values(checked);
        var remarks = new ArrayList<>(checked.remarks());
        var name = values.text("name").orElse("default");
        var dataDir = Path.of(values.text("data-dir").orElse("").replace("${name}", name));
        var clients = values.urls("listen-client-urls");
        var peers = values.urls("listen-peer-urls");
        if (clients.isEmpty()) throw values.wrong("listen-client-urls", "at least one URL");
        if (peers.isEmpty()) throw values.wrong("listen-peer-urls", "at least one URL");
        if (peers.size() > 1) throw values.wrong("listen-peer-urls", "one URL: members listen on one address here");
        var doors = doors(values, clients);
        var advertised = advertised(values, "advertise-client-urls", "listen-client-urls", clients);
        var advertisedPeers = advertised(values, "initial-advertise-peer-urls", "listen-peer-urls", peers);
        boolean secureClients = doors.stream().anyMatch(door -> door.wire() == Door.Wire.TLS);
        boolean securePeers = peers.getFirst().secure();
        boolean ownForClients = secureClients && isOwn(values, "", remarks);
        boolean ownForPeers = securePeers && isOwn(values, "peer-", remarks);
        if (!secureClients) remarks.addAll(unused(values, "", clients));
        if (!securePeers) remarks.addAll(unused(values, "peer-", peers));
        var config = config(
                name,
                dataDir,
                values,
                doors,
                peers,
                members(values, name, advertisedPeers, advertised, remarks),
                !secureClients
                        ? Optional.empty()
                        : Optional.of(ownForClients ? own(dataDir, "client") : tls(values, "")),
                !securePeers
                        ? Optional.empty()
                        : Optional.of(ownForPeers ? own(dataDir, "peer") : tls(values, "peer-")));
        return new Setup(
                config,
                LogSettings.of(values),
                ownForClients,
                ownForPeers,
                Duration.ofDays(365L * values.positive("self-signed-cert-validity")),
                List.copyOf(remarks));
    }

    private static StoreConfig config(
            String name,
            Path dataDir,
            Values values,
            List<Door> doors,
            List<Url> peers,
            List<Member> members,
            Optional<Tls> clientTls,
            Optional<Tls> peerTls) {
        try {
            // The checks of the store's own records name the flag.
            return new StoreConfig(
                    name,
                    dataDir,
                    values.text("initial-cluster-token").orElse("etcd-cluster"),
                    doors,
                    peers.getFirst().address(),
                    members,
                    clientTls,
                    peerTls,
                    options(values));
        } catch (IllegalArgumentException wrong) {
            throw Trouble.usage(String.valueOf(wrong.getMessage()));
        }
    }

    private static StoreOptions options(Values values) {
        return new StoreOptions(
                new StoreOptions.Limits(
                        values.positive("max-txn-ops"),
                        values.positive("max-request-bytes"),
                        values.number("quota-backend-bytes")),
                timing(values),
                compaction(values),
                new StoreOptions.Auth(
                        values.text("auth-token").orElse("simple"),
                        values.positive("bcrypt-cost"),
                        Duration.ofSeconds(values.positive("auth-token-ttl"))),
                new StoreOptions.Connections(
                        (int) Math.min(Integer.MAX_VALUE, values.number("max-concurrent-streams")),
                        values.duration("grpc-keepalive-min-time"),
                        values.duration("grpc-keepalive-interval"),
                        values.duration("grpc-keepalive-timeout")),
                new StoreOptions.Membership(
                        values.oneOf("initial-cluster-state", "new", "existing").equals("existing"),
                        values.isTrue("strict-reconfig-check")));
    }

    private static StoreOptions.Timing timing(Values values) {
        long heartbeat = values.positive("heartbeat-interval");
        long election = values.positive("election-timeout");
        if (election > MAX_ELECTION_MILLIS)
            throw values.wrong("election-timeout", "at most " + MAX_ELECTION_MILLIS + " milliseconds");
        var interval = values.isGiven("watch-progress-notify-interval")
                ? "watch-progress-notify-interval"
                : "experimental-watch-progress-notify-interval";
        return new StoreOptions.Timing(
                Duration.ofMillis(heartbeat),
                Duration.ofMillis(election),
                values.positive("snapshot-count"),
                values.duration(interval));
    }

    /** A bare number is hours for {@code periodic} and revisions for {@code revision}; 0 keeps all. */
    private static StoreOptions.Compaction compaction(Values values) {
        var mode = values.oneOf("auto-compaction-mode", "periodic", "revision");
        var retention = values.text("auto-compaction-retention").orElse("0");
        var number = Given.number(retention).filter(count -> count >= 0);
        var time = GoDuration.parse(retention).filter(each -> !each.isNegative());
        if (number.isPresent()
                ? number.get() == 0
                : time.filter(Duration::isZero).isPresent())
            return new StoreOptions.Compaction(StoreOptions.Compaction.Mode.OFF, 0);
        if (mode.equals("revision"))
            return new StoreOptions.Compaction(
                    StoreOptions.Compaction.Mode.REVISION,
                    number.orElseThrow(() -> values.wrong("auto-compaction-retention", "a number of revisions")));
        return new StoreOptions.Compaction(
                StoreOptions.Compaction.Mode.PERIODIC,
                number.map(Duration::ofHours)
                        .or(() -> time)
                        .orElseThrow(() -> values.wrong(
                                "auto-compaction-retention", "a number of hours, or a time such as 5m or 1h30m"))
                        .toMillis());
    }

    private static List<Door> doors(Values values, List<Url> clients) {
        var http = values.urls("listen-client-http-urls");
        var main = http.isEmpty() ? Door.Serves.EVERYTHING : Door.Serves.GRPC;
        return Stream.of(
                        clients.stream().map(url -> door(url, main)),
                        http.stream().map(url -> door(url, Door.Serves.HTTP)),
                        values.urls("listen-metrics-urls").stream().map(url -> door(url, Door.Serves.METRICS)))
                .flatMap(each -> each)
                .toList();
    }

    private static Door door(Url url, Door.Serves serves) {
        return new Door(url.address(), url.secure() ? Door.Wire.TLS : Door.Wire.PLAIN, serves);
    }

    /** etcd wants it said; here the addresses listened on do, unless nobody can dial them. */
    private static List<Url> advertised(Values values, String name, String listenName, List<Url> listen) {
        if (values.isGiven(name)) {
            var urls = values.urls(name);
            if (urls.isEmpty()) throw values.wrong(name, "at least one URL");
            oneScheme(values, name, urls);
            return urls;
        }
        for (var url : listen) {
            if (WILDCARDS.contains(url.address().host()))
                throw Trouble.usage("--" + name + " is required when --" + listenName + " is " + url
                        + ": nobody can dial that address");
        }
        return listen;
    }

    private static void oneScheme(Values values, String name, List<Url> urls) {
        if (urls.stream().map(Url::secure).distinct().count() > 1)
            throw values.wrong(name, "URLs of one scheme, all http or all https");
    }

    private static List<Member> members(
            Values values, String self, List<Url> advertisedPeers, List<Url> clients, List<String> remarks) {
        var own = advertisedPeers.stream().map(url -> self + "=" + url).toList();
        var cluster = values.isGiven("initial-cluster")
                ? List.of(values.text("initial-cluster").orElse("").split(",", -1))
                : own;
        var peers = new LinkedHashMap<String, HostPort>();
        for (var part : cluster) {
            int equals = part.indexOf('=');
            if (equals <= 0)
                throw Trouble.usage("invalid value \"" + part + "\" for " + values.source("initial-cluster")
                        + ": expected is NAME=URL,NAME=URL,...");
            var name = part.substring(0, equals).strip();
            var url = values.url("initial-cluster", part.substring(equals + 1).strip());
            if (peers.putIfAbsent(name, url.address()) != null)
                remarks.add("initial cluster: " + name + " is dialed at its first URL, not at " + url);
        }
        if (!peers.containsKey(self))
            throw Trouble.usage(
                    "couldn't find local name \"" + self + "\" in the initial cluster configuration",
                    values.source("initial-cluster") + " names " + String.join(", ", peers.keySet())
                            + "; this member is " + values.source("name") + "=" + self);
        if (advertisedPeers.stream().noneMatch(url -> url.address().equals(peers.get(self))))
            throw Trouble.usage(values.source("initial-cluster") + " has " + self + " at " + peers.get(self)
                    + ", and " + values.source("initial-advertise-peer-urls") + " says "
                    + String.join(
                            ",", advertisedPeers.stream().map(Url::toString).toList()));
        var addresses = clients.stream().map(Url::address).toList();
        return peers.entrySet().stream()
                .map(peer ->
                        new Member(peer.getKey(), peer.getValue(), peer.getKey().equals(self) ? addresses : List.of()))
                .toList();
    }

    // ---- TLS
    // ---------------------------------------------------------------------------------------------------------

    /** Files that are given win over a certificate to be made, as in etcd. */
    private static boolean isOwn(Values values, String prefix, List<String> remarks) {
        if (!values.isTrue(prefix + "auto-tls")) return false;
        if (values.text(prefix + "cert-file").isEmpty()
                && values.text(prefix + "key-file").isEmpty()) {
            if (values.text(revokedFlag(prefix)).isPresent())
                throw Trouble.usage("--" + revokedFlag(prefix) + " cannot be had with --" + prefix
                        + "auto-tls: nobody is asked for a certificate");
            return true;
        }
        remarks.add("--" + prefix + "auto-tls has no effect: a certificate and its key are given");
        return false;
    }

    private static Tls tls(Values values, String prefix) {
        for (var each : List.of(prefix + "cert-file", prefix + "key-file")) {
            if (values.text(each).isEmpty())
                throw Trouble.usage("--" + each + " is missing, and " + (prefix.isEmpty() ? "clients" : "members")
                        + " are to be served with https");
        }
        var authority = values.text(prefix + "trusted-ca-file").map(Path::of);
        var tls = new Tls(
                Path.of(values.text(prefix + "cert-file").orElseThrow()),
                Path.of(values.text(prefix + "key-file").orElseThrow()),
                authority,
                values.isTrue(prefix + "client-cert-auth")
                        ? Tls.Others.ARE_USERS
                        : authority.isPresent() ? Tls.Others.SHOW_A_CERTIFICATE : Tls.Others.SHOW_NOTHING);
        var fewer = allowed(values, prefix, tls).map(tls::only).orElse(tls);
        return revoked(values, prefix, tls).map(fewer::without).orElse(fewer);
    }

    private static String revokedFlag(String prefix) {
        return prefix.isEmpty() ? "client-crl-file" : "peer-crl-file";
    }

    private static Optional<Path> revoked(Values values, String prefix, Tls tls) {
        var flag = revokedFlag(prefix);
        var file = values.text(flag).map(Path::of);
        if (file.isPresent() && !tls.others().mustShow())
            throw Trouble.usage("--" + flag + " needs --" + prefix + "trusted-ca-file or --" + prefix
                    + "client-cert-auth: else nobody is asked for a certificate");
        return file;
    }

    /** Whom etcd lets in of those that have a certificate. Where it would ask nobody, and so let everybody in, this is an error here. */
    private static Optional<Allowed> allowed(Values values, String prefix, Tls tls) {
        var names = prefix.isEmpty() ? Set.<String>of() : list(values, "peer-cert-allowed-cn");
        var hostFlag = (prefix.isEmpty() ? "client-" : prefix) + "cert-allowed-hostname";
        var hosts = list(values, hostFlag);
        if (names.isEmpty() && hosts.isEmpty()) return Optional.empty();
        if (!names.isEmpty() && !hosts.isEmpty())
            throw Trouble.usage("--peer-cert-allowed-cn and --peer-cert-allowed-hostname are mutually exclusive");
        if (!tls.others().mustShow())
            throw Trouble.usage("--" + (names.isEmpty() ? hostFlag : "peer-cert-allowed-cn") + " needs --" + prefix
                    + "trusted-ca-file or --" + prefix + "client-cert-auth: else nobody is asked for a certificate");
        return Optional.of(names.isEmpty() ? new Allowed.Hostnames(hosts) : new Allowed.CommonNames(names));
    }

    private static Set<String> list(Values values, String flag) {
        return Arrays.stream(values.text(flag).orElse("").split(",", -1))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .collect(Collectors.toSet());
    }

    /** Where etcd keeps them, too. */
    private static Tls own(Path dataDir, String whom) {
        var folder = dataDir.resolve("fixtures").resolve(whom);
        return new Tls(
                folder.resolve("cert.pem"), folder.resolve("key.pem"), Optional.empty(), Tls.Others.ARE_BELIEVED);
    }

    private static List<String> unused(Values values, String prefix, List<Url> urls) {
        var whom = prefix.isEmpty()
                ? Stream.of("client-cert-allowed-hostname", "client-crl-file")
                : Stream.of("peer-cert-allowed-cn", "peer-cert-allowed-hostname", "peer-crl-file");
        return Stream.concat(
                        Stream.of("cert-file", "key-file", "trusted-ca-file", "client-cert-auth", "auto-tls")
                                .map(flag -> prefix + flag),
                        whom)
                .filter(values::isGiven)
                .map(flag -> values.source(flag) + " has no effect: " + urls + " is plain http")
                .toList();
    }
}
