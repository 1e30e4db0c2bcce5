package io.keelson.cli.cluster;

import io.keelson.cli.pki.Authority;
import io.keelson.cli.pki.Issued;
import io.keelson.cli.pki.Pem;
import io.keelson.cli.print.Trouble;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The cluster's certificates in files: {@code NAME.crt} and {@code NAME.key}. Makes what is missing or runs out. */
final class Keys {

    /** What is valid for less than this is made anew. */
    static final Duration RENEW_BEFORE = Duration.ofDays(30);

    static final String ADMIN = "admin";

    private final Path folder;
    private final Instant now;

    Keys(Path folder, Instant now) {
        this.folder = folder;
        this.now = now;
    }

    Path authority() {
        return folder.resolve("ca.crt");
    }

    Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /**
     * Sees to it that every server and node of the cluster, and its administrator, has a good certificate.
     *
     * @return the names for which new ones were made
     */
    List<String> provide(Plan plan) throws IOException {
        Files.createDirectories(folder);
        restrict(folder, "rwx------");
        var authority = authority(plan);
        var made = new ArrayList<String>();
        for (var server : plan.servers()) {
            var hosts = hosts(plan, server);
            provide(
                    server.name(),
                    authority,
                    certificate ->
                            isOfServers(certificate) && names(certificate).containsAll(comparable(hosts)),
                    made,
                    () -> authority.server(server.name(), hosts, now));
        }
        for (var node : plan.nodes()) {
            provide(
                    node.name(),
                    authority,
                    _ -> true,
                    made,
                    () -> authority.client("system:node:" + node.name(), "system:nodes", now));
        }
        provide(ADMIN, authority, _ -> true, made, () -> authority.client("admin", Authority.MASTERS, now));
        return made;
    }

    static List<String> hosts(Plan plan, Plan.Server server) {
        var hosts = new ArrayList<>(List.of(
                server.name(),
                "localhost",
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local"));
        hosts.addAll(plan.listenAddresses());
        hosts.add("::1");
        // The first address of the service range: the API as pods see it.
        hosts.add("10.96.0.1");
        return hosts;
    }

    private Authority authority(Plan plan) throws IOException {
        if (!Files.exists(authority()) && !Files.exists(key("ca"))) {
            var authority = Authority.create("keelson-" + plan.id(), now, new SecureRandom());
            write("ca", authority.own());
            return authority;
        }
        try {
            var certificate = Pem.parseCertificate(Files.readString(authority()));
            certificate.checkValidity(java.util.Date.from(now));
            return Authority.of(new Issued(certificate, Pem.parseKey(Files.readString(key("ca")))));
        } catch (GeneralSecurityException | FileSystemException broken) {
            throw Trouble.because(
                    broken,
                    "the cluster's certificate authority in " + folder + " is of no use: " + broken.getMessage(),
                    "Put ca.crt and ca.key back as they were, or begin anew:  keelson down --purge --dir "
                            + plan.directory());
        }
    }

    /** What a certificate must say to be of use. */
    @FunctionalInterface
    private interface Fitness {
        boolean isMetBy(X509Certificate certificate) throws GeneralSecurityException;
    }

    private void provide(String name, Authority authority, Fitness fitness, List<String> made, Supplier<Issued> issue)
            throws IOException {
        if (isGood(name, authority, fitness)) return;
        write(name, issue.get());
        made.add(name);
    }

    private boolean isGood(String name, Authority authority, Fitness fitness) throws IOException {
        if (!Files.exists(certificate(name)) || !Files.exists(key(name))) return false;
        try {
            var certificate = Pem.parseCertificate(Files.readString(certificate(name)));
            certificate.verify(authority.own().certificate().getPublicKey());
            Pem.parseKey(Files.readString(key(name)));
            return certificate.getNotAfter().toInstant().isAfter(now.plus(RENEW_BEFORE))
                    && fitness.isMetBy(certificate);
        } catch (GeneralSecurityException broken) {
            return false;
        }
    }

    /** Certificates of older clusters name no organization; the store's ports of the other servers would refuse them. */
    static boolean isOfServers(X509Certificate certificate) {
        return List.of(certificate.getSubjectX500Principal().getName().split(",", -1))
                .contains("O=" + Authority.SERVERS);
    }

    /** An IPv6 address has many forms; the others stand in a certificate as they were given. */
    private static Set<String> comparable(List<String> hosts) {
        return hosts.stream().filter(host -> !host.contains(":")).collect(Collectors.toSet());
    }

    private static Set<String> names(X509Certificate certificate) throws GeneralSecurityException {
        var names = new HashSet<String>();
        var alternatives = certificate.getSubjectAlternativeNames();
        if (alternatives != null) alternatives.forEach(name -> names.add(String.valueOf(name.get(1))));
        return names;
    }

    private void write(String name, Issued issued) throws IOException {
        replace(key(name), Pem.key(issued.key()), "rw-------");
        replace(certificate(name), Pem.certificate(issued.certificate()), "rw-r--r--");
    }

    /** Writes a file whole, with these permissions from the first moment on. */
    static void replace(Path file, String text, String permissions) throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        Files.writeString(temporary, text);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void restrict(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }
}
