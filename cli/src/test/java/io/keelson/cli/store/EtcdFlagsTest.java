package io.keelson.cli.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keelson.cli.print.Trouble;
import io.keelson.store.Allowed;
import io.keelson.store.Door;
import io.keelson.store.HostPort;
import io.keelson.store.StoreOptions;
import io.keelson.store.Tls;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input: words, variables, files. Output: the configuration of a member, or what is said to who wrote them. */
class EtcdFlagsTest {

    private static Setup setup(Map<String, String> environment, String... words) {
        return EtcdFlags.setup(EtcdFlags.given(List.of(words), environment));
    }

    private static Setup setup(String... words) {
        return setup(Map.of(), words);
    }

    private static void refused(String text, String... words) {
        assertThatExceptionOfType(Trouble.class)
                .isThrownBy(() -> setup(words))
                .satisfies(trouble -> assertThat(trouble.exitCode()).isEqualTo(Trouble.USAGE))
                .withMessageContaining(text);
    }

    @Test
    void withoutAnyFlagItIsEtcdsSingleMember() {
        var config = setup().config();
        assertThat(config.name()).isEqualTo("default");
        assertThat(config.dataDir()).isEqualTo(Path.of("default.keelson"));
        assertThat(config.clientListen()).containsExactly(new HostPort("localhost", 2379));
        assertThat(config.peerListen()).isEqualTo(new HostPort("localhost", 2380));
        assertThat(config.self().peer()).isEqualTo(new HostPort("localhost", 2380));
        assertThat(config.self().clients()).containsExactly(new HostPort("localhost", 2379));
        assertThat(config.clusterToken()).isEqualTo("etcd-cluster");
        assertThat(config.clientTls()).isEmpty();
        assertThat(config.options()).isEqualTo(StoreOptions.DEFAULTS);
        assertThat(setup().remarks()).isEmpty();
    }

    @Test
    void flagsAreWrittenAsInGo() {
        for (var words :
                List.of(List.of("--name", "a"), List.of("-name", "a"), List.of("--name=a"), List.of("-name=a"))) {
            assertThat(setup(words.toArray(String[]::new)).config().name()).isEqualTo("a");
        }
        // A boolean takes no word behind it, and the last of two wins.
        refused("\"false\" is not a flag", "--auto-tls", "false");
        assertThat(setup("--name=a", "--name=b").config().name()).isEqualTo("b");
        assertThat(setup("--initial-cluster-token=a=b").config().clusterToken()).isEqualTo("a=b");
        refused("--name needs a value", "--name");
        refused("\"start\" is not a flag", "start");
        refused("\"--\" is not a flag", "--");
    }

    @Test
    void unknownFlagNamesTheNearest() {
        assertThatExceptionOfType(Trouble.class)
                .isThrownBy(() -> setup("--listen-client-url=http://127.0.0.1:1"))
                .withMessage("etcd has no flag --listen-client-url")
                .satisfies(
                        trouble -> assertThat(trouble.wayOut()).containsExactly("Did you mean --listen-client-urls?"));
    }

    @Test
    void valueThatCannotBeReadNamesFlagValueAndWhatIsExpected() {
        refused(
                "invalid value \"soon\" for --heartbeat-interval: expected is a whole number from 0 on",
                "--heartbeat-interval=soon");
        refused("invalid value \"0\" for --snapshot-count: expected is a whole number from 1", "--snapshot-count=0");
        refused("invalid value \"maybe\" for --auto-tls: expected is true or false", "--auto-tls=maybe");
        refused(
                "invalid value \"10\" for --watch-progress-notify-interval: expected is a time such as 10m",
                "--watch-progress-notify-interval=10");
        refused(
                "invalid value \"localhost:1\" for --listen-client-urls: expected is a URL of scheme http or https",
                "--listen-client-urls=localhost:1");
        refused("invalid value \"http://a:1/x\" for --listen-peer-urls", "--listen-peer-urls=http://a:1/x");
        refused("expected is one URL", "--listen-peer-urls=http://127.0.0.1:1,http://127.0.0.1:2");
        refused("expected is new or existing", "--initial-cluster-state=old");
        refused("expected is debug or info", "--log-level=loud");
        refused("--bcrypt-cost 3 is not between 4 and 31", "--bcrypt-cost=3");
        refused("twice the --heartbeat-interval", "--heartbeat-interval=1000", "--election-timeout=1500");
        refused("at most 50000 milliseconds", "--election-timeout=60000");
    }

    @Test
    void variableCountsWhereThereIsNoFlag() {
        var setup = setup(
                Map.of("ETCD_NAME", "v", "ETCD_MAX_TXN_OPS", "7", "ETCD_FOO", "x", "PATH", "/bin", "ETCD_DATA_DIR", ""),
                "--name=f");
        assertThat(setup.config().name()).isEqualTo("f");
        assertThat(setup.config().options().limits().maxTxnOps()).isEqualTo(7);
        assertThat(setup.remarks())
                .containsExactly(
                        "unrecognized environment variable ETCD_FOO=x",
                        "recognized environment variable ETCD_NAME, but unused: shadowed by corresponding flag");
        assertThatExceptionOfType(Trouble.class)
                .isThrownBy(() -> setup(Map.of("ETCD_HEARTBEAT_INTERVAL", "x")))
                .withMessageStartingWith("invalid value \"x\" for ETCD_HEARTBEAT_INTERVAL");
    }

    @Test
    void whatMeansNothingHereIsTakenWithALineOrRefusedWithTheReason() {
        assertThat(setup("--max-wals=0", "--enable-v2=false", "--pre-vote").remarks())
                .containsExactly(
                        "--max-wals=0 has no effect: the log is kept as long as a member may need it",
                        "--enable-v2=false has no effect: there is no v2 API",
                        "--pre-vote=true has no effect: elections always begin with a pre-vote");
        assertThat(setup("--raft-read-timeout=5s", "--raft-write-timeout=5s", "--disable-log-sampling")
                        .remarks())
                .hasSize(3);
        refused("--enable-v2=true cannot be had: there is no v2 API", "--enable-v2");
        refused("--unsafe-no-fsync=true cannot be had: what is acknowledged is on the disk", "--unsafe-no-fsync");
        refused("--wal-dir=x cannot be had: the log lies in the data directory", "--wal-dir=x");
    }

    @Test
    void optionsReachTheStore() {
        var options = setup(
                        "--heartbeat-interval=100",
                        "--election-timeout=1000",
                        "--snapshot-count=5",
                        "--experimental-watch-progress-notify-interval=1m30s",
                        "--max-request-bytes=1000",
                        "--quota-backend-bytes=-1",
                        "--auto-compaction-retention=1",
                        "--auth-token=jwt,sign-method=RS256",
                        "--auth-token-ttl=9",
                        "--grpc-keepalive-min-time=1s",
                        "--max-concurrent-streams=4294967295")
                .config()
                .options();
        assertThat(options.timing())
                .isEqualTo(new StoreOptions.Timing(
                        Duration.ofMillis(100), Duration.ofSeconds(1), 5, Duration.ofSeconds(90)));
        assertThat(options.limits()).isEqualTo(new StoreOptions.Limits(128, 1000, -1));
        assertThat(options.compaction())
                .isEqualTo(new StoreOptions.Compaction(StoreOptions.Compaction.Mode.PERIODIC, 3_600_000));
        assertThat(options.auth()).isEqualTo(new StoreOptions.Auth("jwt,sign-method=RS256", 10, Duration.ofSeconds(9)));
        assertThat(options.connections().minPing()).isEqualTo(Duration.ofSeconds(1));
        assertThat(options.connections().maxStreams()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void retentionIsHoursATimeOrRevisions() {
        assertThat(setup("--auto-compaction-retention=5m")
                        .config()
                        .options()
                        .compaction()
                        .retention())
                .isEqualTo(300_000);
        assertThat(setup("--auto-compaction-mode=revision", "--auto-compaction-retention=1000")
                        .config()
                        .options()
                        .compaction())
                .isEqualTo(new StoreOptions.Compaction(StoreOptions.Compaction.Mode.REVISION, 1000));
        assertThat(setup("--auto-compaction-mode=revision")
                        .config()
                        .options()
                        .compaction()
                        .mode())
                .isEqualTo(StoreOptions.Compaction.Mode.OFF);
        refused("a number of revisions", "--auto-compaction-mode=revision", "--auto-compaction-retention=5m");
        refused("a number of hours", "--auto-compaction-retention=often");
    }

    @Test
    void membersComeFromTheInitialCluster() {
        var config = setup(
                        "--name=b",
                        "--listen-peer-urls=http://0.0.0.0:1",
                        "--initial-advertise-peer-urls=http://h2:1",
                        "--initial-cluster=a=http://h1:1,b=http://h2:1,c=http://[::1]:1")
                .config();
        assertThat(config.members())
                .extracting(member -> member.name() + " " + member.peer())
                .containsExactly("a h1:1", "b h2:1", "c [::1]:1");
        assertThat(config.self().clients()).containsExactly(new HostPort("localhost", 2379));
        refused("couldn't find local name \"b\"", "--name=b", "--initial-cluster=a=http://h1:1");
        refused("expected is NAME=URL", "--initial-cluster=http://h1:1");
        refused("--initial-cluster has default at h1:1", "--initial-cluster=default=http://h1:1");
        refused(
                "--advertise-client-urls is required when --listen-client-urls is http://0.0.0.0:2379",
                "--listen-client-urls=http://0.0.0.0:2379");
    }

    @Test
    void urlsDecideAboutTls() {
        var plain = setup("--cert-file=c", "--client-cert-auth");
        assertThat(plain.config().clientTls()).isEmpty();
        assertThat(plain.remarks())
                .contains("--cert-file has no effect: [http://localhost:2379] is plain http")
                .contains("--client-cert-auth has no effect: [http://localhost:2379] is plain http");
        var both = setup(
                "--listen-client-urls=https://127.0.0.1:1,http://127.0.0.1:2",
                "--advertise-client-urls=https://127.0.0.1:1",
                "--cert-file=c",
                "--key-file=k",
                "--listen-metrics-urls=http://127.0.0.1:3",
                "--listen-client-http-urls=http://127.0.0.1:4");
        assertThat(both.config().doors())
                .containsExactly(
                        new Door(new HostPort("127.0.0.1", 1), Door.Wire.TLS, Door.Serves.GRPC),
                        new Door(new HostPort("127.0.0.1", 2), Door.Wire.PLAIN, Door.Serves.GRPC),
                        new Door(new HostPort("127.0.0.1", 4), Door.Wire.PLAIN, Door.Serves.HTTP),
                        new Door(new HostPort("127.0.0.1", 3), Door.Wire.PLAIN, Door.Serves.METRICS));
        assertThat(both.config().speaksTls(new HostPort("127.0.0.1", 1))).isTrue();
        assertThat(both.config().speaksTls(new HostPort("127.0.0.1", 2))).isFalse();
        assertThat(both.config().speaksTls(new HostPort("elsewhere", 1))).isTrue();
        assertThat(both.config().clientTls().orElseThrow().others()).isEqualTo(Tls.Others.SHOW_NOTHING);
        var tls = List.of("--listen-client-urls=https://127.0.0.1:1", "--cert-file=c", "--key-file=k");
        assertThat(withMore(tls, "--trusted-ca-file=a").others()).isEqualTo(Tls.Others.SHOW_A_CERTIFICATE);
        assertThat(withMore(tls, "--trusted-ca-file=a", "--client-cert-auth").others())
                .isEqualTo(Tls.Others.ARE_USERS);
        refused("--cert-file is missing", "--listen-client-urls=https://127.0.0.1:1");
    }

    @Test
    void whoIsLetInOfThoseThatHaveACertificateIsSaidAsToEtcd() {
        var clients = List.of(
                "--listen-client-urls=https://127.0.0.1:1", "--cert-file=c", "--key-file=k", "--trusted-ca-file=a");
        assertThat(withMore(clients).allowed()).isEqualTo(new Allowed.Everybody());
        assertThat(withMore(clients, "--client-cert-allowed-hostname=a.example, b.example")
                        .allowed())
                .isEqualTo(new Allowed.Hostnames(Set.of("a.example", "b.example")));
        assertThat(withMore(clients, "--client-crl-file=r").revoked()).contains(Path.of("r"));
        var peers = List.of("--listen-peer-urls=https://127.0.0.1:1", "--peer-cert-file=c", "--peer-key-file=k");
        refused("--peer-crl-file needs --peer-trusted-ca-file", with(peers, "--peer-crl-file=r"));
        refused(
                "--client-crl-file cannot be had with --auto-tls",
                "--listen-client-urls=https://127.0.0.1:1",
                "--auto-tls",
                "--client-crl-file=r");
        refused(
                "--peer-cert-allowed-cn needs --peer-trusted-ca-file or --peer-client-cert-auth",
                with(peers, "--peer-cert-allowed-cn=m"));
        refused(
                "--peer-cert-allowed-cn and --peer-cert-allowed-hostname are mutually exclusive",
                with(peers, "--peer-trusted-ca-file=a", "--peer-cert-allowed-cn=m", "--peer-cert-allowed-hostname=h"));
        assertThat(setup(with(peers, "--peer-client-cert-auth", "--peer-cert-allowed-cn=m"))
                        .config()
                        .peerTls()
                        .orElseThrow()
                        .allowed())
                .isEqualTo(new Allowed.CommonNames(Set.of("m")));
        assertThat(setup("--peer-cert-allowed-cn=m").remarks())
                .anyMatch(remark -> remark.startsWith("--peer-cert-allowed-cn has no effect"));
    }

    private static String[] with(List<String> words, String... more) {
        var all = new java.util.ArrayList<>(words);
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private static Tls withMore(List<String> words, String... more) {
        return setup(with(words, more)).config().clientTls().orElseThrow();
    }

    @Test
    void ownCertificatesAreMadeOnce(@TempDir Path dir) throws Exception {
        var setup = setup(
                "--data-dir=" + dir,
                "--auto-tls",
                "--listen-client-urls=https://127.0.0.1:1",
                "--peer-auto-tls",
                "--listen-peer-urls=https://127.0.0.1:2");
        EtcdFlags.makeOwnCertificates(setup);
        var certificate = dir.resolve("fixtures/client/cert.pem");
        var made = Files.readString(certificate);
        assertThat(made).contains("BEGIN CERTIFICATE");
        assertThat(dir.resolve("fixtures/peer/key.pem")).exists();
        assertThat(Files.getPosixFilePermissions(dir.resolve("fixtures/client/key.pem")))
                .hasSize(2);
        EtcdFlags.makeOwnCertificates(setup);
        assertThat(certificate).hasContent(made);
    }

    @Test
    void ownCertificateIsNotMadeWhenTheOtherCannotBeUsed(@TempDir Path dir) {
        var setup = setup(
                "--data-dir=" + dir.resolve("data"),
                "--auto-tls",
                "--listen-client-urls=https://127.0.0.1:1",
                "--peer-cert-file=" + dir.resolve("absent.pem"),
                "--peer-key-file=" + dir.resolve("absent.key"),
                "--listen-peer-urls=https://127.0.0.1:2");
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> EtcdFlags.makeOwnCertificates(setup))
                .withMessageContaining("absent.pem is not there");
        assertThat(dir.resolve("data")).doesNotExist();
    }

    @Test
    void fileTakesThePlaceOfFlags(@TempDir Path dir) throws Exception {
        var file = Files.writeString(dir.resolve("etcd.yaml"), """
                name: 'f'
                data-dir:
                listen-client-urls: https://127.0.0.1:1
                max-txn-ops: 9
                grpc-keepalive-min-time: 2000000000
                log-outputs: [stderr, stdout]
                log-level: warn
                client-transport-security:
                  cert-file: c.pem
                  key-file: k.pem
                  client-cert-auth: true
                  auto-tls: false
                peer-transport-security:
                """);
        var setup = setup(Map.of("ETCD_MAX_TXN_OPS", "3"), "--config-file=" + file, "--name=ignored");
        assertThat(setup.config().name()).isEqualTo("f");
        assertThat(setup.config().options().limits().maxTxnOps()).isEqualTo(9);
        assertThat(setup.config().options().connections().minPing()).isEqualTo(Duration.ofSeconds(2));
        assertThat(setup.config().clientTls().orElseThrow().certificate()).isEqualTo(Path.of("c.pem"));
        assertThat(setup.logging()).isEqualTo(new LogSettings(Level.WARNING, List.of("stderr", "stdout")));
        assertThat(setup.remarks())
                .contains("--name is ignored: everything is taken from --config-file " + file)
                .contains("ETCD_MAX_TXN_OPS is ignored: everything is taken from --config-file " + file);
    }

    @Test
    void fileThatIsWrongIsToldSo(@TempDir Path dir) throws Exception {
        refused("--config-file", "--config-file=" + Files.writeString(dir.resolve("a"), "name: [\n"));
        refused("etcd has no key nmae", "--config-file=" + Files.writeString(dir.resolve("b"), "nmae: x\n"));
        refused(
                "client-transport-security.cert",
                "--config-file=" + Files.writeString(dir.resolve("c"), "client-transport-security: {cert: x}\n"));
        refused(
                "invalid value \"x\" for max-txn-ops in",
                "--config-file=" + Files.writeString(dir.resolve("d"), "max-txn-ops: x\n"));
        assertThatExceptionOfType(Trouble.class)
                .isThrownBy(() -> setup("--config-file=" + dir.resolve("absent")))
                .withMessageContaining("cannot read --config-file");
    }

    @Test
    void helpHasEtcdsChaptersAndEveryFlag() {
        var help = EtcdFlags.help();
        assertThat(help)
                .contains("Member:", "Clustering:", "Security:", "Auth:", "Profiling and Monitoring:", "Logging:");
        Flags.all().forEach(flag -> assertThat(help).contains(flag.dashed()));
    }

    @Test
    void scriptsCanReadTheVersion() {
        assertThat(EtcdFlags.version("3.6.5", "0.1.0").lines())
                .hasSize(4)
                .first()
                .isEqualTo("etcd Version: 3.6.5");
    }

    @Test
    void timesAreWrittenAsInGo() {
        assertThat(GoDuration.parse("1h30m")).hasValue(Duration.ofMinutes(90));
        assertThat(GoDuration.parse("1.5s")).hasValue(Duration.ofMillis(1500));
        assertThat(GoDuration.parse("-2us")).hasValue(Duration.ofNanos(-2000));
        assertThat(GoDuration.parse("0")).hasValue(Duration.ZERO);
        for (var wrong : List.of("", "5", "s", "1h30", "1 h", "-", "1d"))
            assertThat(GoDuration.parse(wrong)).isEmpty();
    }
}
