package io.keelson.cli.store;

import static io.keelson.cli.store.Flag.Group.AUTH;
import static io.keelson.cli.store.Flag.Group.CLUSTERING;
import static io.keelson.cli.store.Flag.Group.FEATURES;
import static io.keelson.cli.store.Flag.Group.GONE;
import static io.keelson.cli.store.Flag.Group.LOGGING;
import static io.keelson.cli.store.Flag.Group.MEMBER;
import static io.keelson.cli.store.Flag.Group.MONITORING;
import static io.keelson.cli.store.Flag.Group.SECURITY;
import static io.keelson.cli.store.Flag.Group.UNSAFE;
import static io.keelson.cli.store.Flag.Kind.BOOLEAN;
import static io.keelson.cli.store.Flag.Kind.COUNT;
import static io.keelson.cli.store.Flag.Kind.DURATION;
import static io.keelson.cli.store.Flag.Kind.NUMBER;
import static io.keelson.cli.store.Flag.Kind.TEXT;
import static io.keelson.cli.store.Flag.Kind.URLS;

import io.keelson.cli.store.Flag.Meaning;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All flags of etcd 3.4 to 3.6, and what each means here. */
final class Flags {

    private static final Meaning WORKS = new Meaning.Works();

    private static final String NO_DISCOVERY =
            "there is no discovery: name all members with --initial-cluster, whose host names DNS resolves";
    private static final String NO_V2 = "there is no v2 API";
    private static final String NO_BBOLT = "the data is not in bbolt: there is no such thing to set";
    private static final String HASHES = "members compare what they hold by themselves";
    private static final String TRACING = "there is no tracing";
    private static final String TWO_VERSIONS = "TLS 1.2 and 1.3 are spoken, with the suites that HTTP/2 allows";

    private static final Map<String, Flag> ALL = new LinkedHashMap<>();

    static {
        works("name", TEXT, "default", MEMBER, "Name of this member.");
        works("data-dir", TEXT, "${name}.keelson", MEMBER, "Directory of its data.");
        only("wal-dir", TEXT, MEMBER, "the log lies in the data directory", "");
        works("snapshot-count", COUNT, "10000", MEMBER, "Log entries between two snapshots.");
        works("heartbeat-interval", COUNT, "250", MEMBER, "Milliseconds between a leader's heartbeats; etcd: 100.");
        works("election-timeout", COUNT, "500", MEMBER, "Milliseconds of silence before an election; etcd: 1000.");
        works("listen-peer-urls", URLS, "http://localhost:2380", MEMBER, "Where to listen for other members.");
        works("listen-client-urls", URLS, "http://localhost:2379", MEMBER, "Where to listen for clients.");
        works("listen-client-http-urls", URLS, "", MEMBER, "Where HTTP is served, if not beside gRPC.");
        works("quota-backend-bytes", NUMBER, "0", MEMBER, "Bytes of data before the alarm NOSPACE; 0: 2 GiB.");
        works("max-txn-ops", COUNT, "128", MEMBER, "Operations in a transaction.");
        works("max-request-bytes", COUNT, "1572864", MEMBER, "Bytes of a request.");
        works("max-concurrent-streams", COUNT, "4294967295", MEMBER, "Streams that one connection may have open.");
        works("grpc-keepalive-min-time", DURATION, "5s", MEMBER, "How often a client may ping.");
        works("grpc-keepalive-interval", DURATION, "2h", MEMBER, "How often a silent client is pinged; 0: never.");
        works("grpc-keepalive-timeout", DURATION, "20s", MEMBER, "How long it may take to answer.");
        for (String each : List.of("raft-read-timeout", "raft-write-timeout")) {
            idle(each, DURATION, "5s", MEMBER, "how long a member is waited for is not to be set");
        }
        idle("initial-election-tick-advance", BOOLEAN, "true", MEMBER, "the first election is as quick as any other");
        idle("max-snapshots", COUNT, "5", MEMBER, "two snapshots are kept, and cost what has changed between them");
        idle("max-wals", COUNT, "5", MEMBER, "the log is kept as long as a member may need it");
        idle("backend-batch-interval", DURATION, "", MEMBER, NO_BBOLT);
        idle("backend-batch-limit", COUNT, "0", MEMBER, NO_BBOLT);
        idle("backend-bbolt-freelist-type", TEXT, "map", MEMBER, NO_BBOLT);
        idle("socket-reuse-address", BOOLEAN, "false", MEMBER, "it is always so");
        only("socket-reuse-port", BOOLEAN, MEMBER, "two processes cannot share a port here", "false");

        works("initial-advertise-peer-urls", URLS, "http://localhost:2380", CLUSTERING, "Where other members dial it.");
        works("initial-cluster", TEXT, "default=http://localhost:2380", CLUSTERING, "All members, as NAME=URL,...");
        works("initial-cluster-state", TEXT, "new", CLUSTERING, "new, or existing for a member that joins.");
        works("initial-cluster-token", TEXT, "etcd-cluster", CLUSTERING, "Tells clusters apart.");
        works("advertise-client-urls", URLS, "http://localhost:2379", CLUSTERING, "Where clients dial it.");
        works("auto-compaction-mode", TEXT, "periodic", CLUSTERING, "periodic or revision.");
        works(
                "auto-compaction-retention",
                TEXT,
                "0",
                CLUSTERING,
                "What history to keep: hours or a time, or revisions; 0: all.");
        works(
                "strict-reconfig-check",
                BOOLEAN,
                "true",
                CLUSTERING,
                "Refuse changes of members that would endanger the quorum.");
        only("pre-vote", BOOLEAN, CLUSTERING, "elections always begin with a pre-vote", "true");
        for (String each : List.of(
                "discovery",
                "discovery-proxy",
                "discovery-srv",
                "discovery-srv-name",
                "discovery-token",
                "discovery-endpoints",
                "discovery-cert",
                "discovery-key",
                "discovery-cacert",
                "discovery-user",
                "discovery-password")) {
            only(each, TEXT, CLUSTERING, NO_DISCOVERY, "");
        }
        for (String each : List.of(
                "discovery-dial-timeout",
                "discovery-request-timeout",
                "discovery-keepalive-time",
                "discovery-keepalive-timeout",
                "discovery-insecure-transport",
                "discovery-insecure-skip-tls-verify")) {
            idle(each, TEXT, "", CLUSTERING, NO_DISCOVERY);
        }

        works("cert-file", TEXT, "", SECURITY, "Certificate for clients, PEM.");
        works("key-file", TEXT, "", SECURITY, "Its key, PEM.");
        works("client-cert-auth", BOOLEAN, "false", SECURITY, "Clients must show a certificate; its name is the user.");
        works("trusted-ca-file", TEXT, "", SECURITY, "Who signs clients' certificates, PEM; they must then show one.");
        works("auto-tls", BOOLEAN, "false", SECURITY, "TLS for clients with a certificate made here.");
        works("peer-cert-file", TEXT, "", SECURITY, "Certificate for members, PEM.");
        works("peer-key-file", TEXT, "", SECURITY, "Its key, PEM.");
        works("peer-client-cert-auth", BOOLEAN, "false", SECURITY, "Members must show a certificate.");
        works("peer-trusted-ca-file", TEXT, "", SECURITY, "Who signs members' certificates, PEM.");
        works("peer-auto-tls", BOOLEAN, "false", SECURITY, "TLS among members with certificates that each makes.");
        works("self-signed-cert-validity", COUNT, "1", SECURITY, "Years that certificates made here are valid.");
        idle("client-cert-file", TEXT, "", SECURITY, "a member does not dial its own client port");
        idle("client-key-file", TEXT, "", SECURITY, "a member does not dial its own client port");
        only("peer-client-cert-file", TEXT, SECURITY, "a member shows one certificate, --peer-cert-file", "");
        only("peer-client-key-file", TEXT, SECURITY, "a member shows one certificate, --peer-cert-file", "");
        works("client-cert-allowed-hostname", TEXT, "", SECURITY, "Clients whose certificates are for one of these.");
        works("peer-cert-allowed-cn", TEXT, "", SECURITY, "Members whose certificates have one of these names.");
        works("peer-cert-allowed-hostname", TEXT, "", SECURITY, "Members whose certificates are for one of these.");
        works("client-crl-file", TEXT, "", SECURITY, "Clients' certificates that are revoked, PEM or DER.");
        works("peer-crl-file", TEXT, "", SECURITY, "Members' certificates that are revoked, PEM or DER.");
        idle(
                "peer-skip-client-san-verification",
                BOOLEAN,
                "false",
                SECURITY,
                "names in a dialing member's certificate are not looked at");
        only("cipher-suites", TEXT, SECURITY, TWO_VERSIONS, "");
        only("tls-min-version", TEXT, SECURITY, TWO_VERSIONS, "", "TLS1.2");
        only("tls-max-version", TEXT, SECURITY, TWO_VERSIONS, "", "TLS1.3");
        only("cors", TEXT, SECURITY, "no origin is kept out by the answer's headers", "", "*");
        only("host-whitelist", TEXT, SECURITY, "hosts are not kept out by their name", "", "*");

        works("auth-token", TEXT, "simple", AUTH, "simple, or jwt with its options.");
        works("bcrypt-cost", COUNT, "10", AUTH, "Work that a password costs, 4 to 31.");
        works("auth-token-ttl", COUNT, "300", AUTH, "Seconds that a simple token outlives its last use.");

        works("listen-metrics-urls", URLS, "", MONITORING, "Where metrics and health are served, too.");
        idle("metrics", TEXT, "basic", MONITORING, "all metrics are always there");
        idle("enable-pprof", BOOLEAN, "false", MONITORING, "a JVM has no pprof; use jcmd with JFR");
        for (String each : List.of("enable-distributed-tracing", "experimental-enable-distributed-tracing")) {
            only(each, BOOLEAN, MONITORING, TRACING, "false");
        }
        for (String stem : List.of("address", "service-name", "instance-id", "sampling-rate")) {
            idle("distributed-tracing-" + stem, TEXT, "", MONITORING, TRACING);
            idle("experimental-distributed-tracing-" + stem, TEXT, "", MONITORING, TRACING);
        }

        works("log-level", TEXT, "info", LOGGING, "debug, info, warn, error, panic or fatal.");
        works("log-outputs", TEXT, "default", LOGGING, "stderr (also default), stdout or files, separated by commas.");
        idle("logger", TEXT, "zap", LOGGING, "lines are plain: time, level, who, what");
        idle("log-format", TEXT, "json", LOGGING, "lines are plain: time, level, who, what");
        idle("disable-log-sampling", BOOLEAN, "false", LOGGING, "no line is left out");
        only("enable-log-rotation", BOOLEAN, LOGGING, "let logrotate or the journal do it", "false");
        idle("log-rotation-config-json", TEXT, "", LOGGING, "files are not rotated here");

        works(
                "watch-progress-notify-interval",
                DURATION,
                "10m",
                FEATURES,
                "How often an idle watch hears its progress.");
        works("experimental-watch-progress-notify-interval", DURATION, "10m", FEATURES, "The same, its older name.");
        idle("feature-gates", TEXT, "", FEATURES, "what is built is always on");
        for (String prefix : List.of("", "experimental-")) {
            idle(prefix + "corrupt-check-time", DURATION, "0s", FEATURES, HASHES);
            idle(prefix + "compact-hash-check-time", DURATION, "1m0s", FEATURES, HASHES);
            idle(prefix + "compaction-batch-limit", COUNT, "1000", FEATURES, "compaction does not hold up writes");
            idle(
                    prefix + "compaction-sleep-interval",
                    DURATION,
                    "10ms",
                    FEATURES,
                    "compaction does not hold up writes");
            idle(prefix + "warning-apply-duration", DURATION, "100ms", FEATURES, "see the metrics for what takes long");
            idle(
                    prefix + "warning-unary-request-duration",
                    DURATION,
                    "300ms",
                    FEATURES,
                    "see the metrics for what takes long");
            idle(prefix + "bootstrap-defrag-threshold-megabytes", COUNT, "0", FEATURES, "space comes back by itself");
            idle(
                    prefix + "snapshot-catchup-entries",
                    COUNT,
                    "5000",
                    FEATURES,
                    "the log is kept as long as a member may need it");
            idle(prefix + "downgrade-check-time", DURATION, "5s", FEATURES, "all members speak one version");
            only(prefix + "max-learners", COUNT, FEATURES, "one member learns at a time", "1");
            only(prefix + "stop-grpc-service-on-defrag", BOOLEAN, FEATURES, "Defragment stops nothing", "false");
            idle(prefix + "memory-mlock", BOOLEAN, "false", FEATURES, "a JVM cannot pin its memory");
        }
        for (String each : List.of(
                "experimental-initial-corrupt-check",
                "experimental-compact-hash-check-enabled",
                "experimental-txn-mode-write-with-shared-buffer",
                "experimental-enable-lease-checkpoint",
                "experimental-enable-lease-checkpoint-persist")) {
            idle(each, BOOLEAN, "", FEATURES, "what is built is always on");
        }
        idle(
                "experimental-peer-skip-client-san-verification",
                BOOLEAN,
                "false",
                FEATURES,
                "names in a dialing member's certificate are not looked at");
        idle("experimental-backend-bbolt-freelist-type", TEXT, "", FEATURES, NO_BBOLT);
        works("config-file", TEXT, "", MEMBER, "YAML with etcd's keys; other flags and variables are then ignored.");
        works("version", BOOLEAN, "false", MEMBER, "Prints the version and ends.");

        only("force-new-cluster", BOOLEAN, UNSAFE, "start from a snapshot instead: keelson store restore", "false");
        only("unsafe-no-fsync", BOOLEAN, UNSAFE, "what is acknowledged is on the disk", "false");

        only("enable-v2", BOOLEAN, GONE, NO_V2, "false");
        only("proxy", TEXT, GONE, NO_V2, "off");
        only("experimental-enable-v2v3", TEXT, GONE, NO_V2, "");
        for (String each : List.of(
                "discovery-fallback",
                "proxy-failure-wait",
                "proxy-refresh-interval",
                "proxy-dial-timeout",
                "proxy-write-timeout",
                "proxy-read-timeout",
                "v2-deprecation",
                "log-package-levels",
                "log-output")) {
            idle(each, TEXT, "", GONE, "it is of an older etcd and means nothing any more");
        }
        works("debug", BOOLEAN, "false", GONE, "The same as --log-level=debug.");
        only("enable-grpc-gateway", BOOLEAN, GONE, "the JSON gateway is always there", "true");
    }

    private Flags() {}

    private static void works(String name, Flag.Kind kind, String standard, Flag.Group group, String help) {
        add(new Flag(name, kind, standard, group, WORKS, help));
    }

    private static void idle(String name, Flag.Kind kind, String standard, Flag.Group group, String why) {
        add(new Flag(name, kind, standard, group, new Meaning.Idle(why), why));
    }

    private static void only(String name, Flag.Kind kind, Flag.Group group, String why, String... values) {
        add(new Flag(name, kind, values[0], group, new Meaning.Only(Set.of(values), why), why));
    }

    private static void add(Flag flag) {
        if (ALL.put(flag.name(), flag) != null) throw new IllegalStateException(flag.name() + " stands twice");
    }

    static Optional<Flag> named(String name) {
        return Optional.ofNullable(ALL.get(name));
    }

    /** A flag that is known to be there. */
    static Flag known(String name) {
        return named(name).orElseThrow(() -> new IllegalArgumentException("no flag " + name));
    }

    static Collection<Flag> all() {
        return new ArrayList<>(ALL.values());
    }
}
