package io.keelson.cli.store;

import io.keelson.cli.print.Trouble;
import io.keelson.store.HostPort;
import io.keelson.store.Tls;
import io.keelson.store.tls.Credentials;
import io.keelson.store.tls.TlsProblem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** The way in: words and variables to a {@link Setup}, and what is said instead of starting. */
public final class EtcdFlags {

    /** A configuration file larger than this is none. */
    private static final long MAX_FILE_BYTES = 1L << 20;

    private EtcdFlags() {}

    /** All flags that work, as they are typed. */
    public static List<String> names() {
        return Flags.all().stream()
                .filter(flag -> flag.meaning() instanceof Flag.Meaning.Works)
                .map(Flag::dashed)
                .toList();
    }

    /** What {@code --help} prints. */
    public static String help() {
        return Help.text();
    }

    /**
     * What {@code --version} prints: etcd's lines, since scripts read the first.
     *
     * @param etcd the version of etcd whose API is served
     * @param keelson ours
     */
    public static String version(String etcd, String keelson) {
        var machine = System.getProperty("os.arch");
        return Help.version(
                etcd,
                keelson,
                Runtime.version().toString(),
                System.getProperty("os.name").toLowerCase(Locale.ROOT),
                machine.equals("aarch64") ? "arm64" : machine);
    }

    /**
     * Reads what is given.
     *
     * @throws Trouble naming the nearest flag if there is one that etcd does not have
     */
    public static Given given(List<String> words, Map<String, String> environment) {
        return Given.of(words, environment);
    }

    /**
     * Makes a member's configuration of what is given, and of the configuration file if one is named.
     *
     * @throws Trouble naming the flag, what it says and what is expected
     */
    public static Setup setup(Given given) {
        return Setup.of(given.configFile()
                .map(path -> given.replacedBy(ConfigFile.parse(path, read(path)), path))
                .orElse(given));
    }

    private static String read(String path) {
        var file = Path.of(path);
        try {
            if (Files.size(file) > MAX_FILE_BYTES)
                throw Trouble.of("--config-file " + path + " is larger than " + (MAX_FILE_BYTES >> 10) + " KiB");
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw Trouble.because(failed, "cannot read --config-file " + path + ": " + failed);
        }
    }

    /**
     * Makes the certificates that {@code --auto-tls} and {@code --peer-auto-tls} ask for, if they are not there yet.
     *
     * @throws TlsProblem naming the file, if the other certificate, which is given, cannot be used; then nothing is written
     */
    public static void makeOwnCertificates(Setup setup) {
        var config = setup.config();
        if (!setup.ownForClients()) config.clientTls().ifPresent(Credentials::load);
        if (!setup.ownForPeers()) config.peerTls().ifPresent(Credentials::load);
        if (setup.ownForClients())
            make(
                    setup,
                    config.clientTls().orElseThrow(),
                    Stream.concat(config.clientListen().stream(), config.self().clients().stream()));
        if (setup.ownForPeers())
            make(
                    setup,
                    config.peerTls().orElseThrow(),
                    Stream.of(config.peerListen(), config.self().peer()));
    }

    private static void make(Setup setup, Tls tls, Stream<HostPort> addresses) {
        var hosts = Stream.concat(addresses.map(HostPort::host), Stream.of("localhost", "127.0.0.1"))
                .distinct()
                .toList();
        OwnCertificates.make(tls, setup.config().name(), hosts, Instant.now(), setup.ownValidity());
    }
}
