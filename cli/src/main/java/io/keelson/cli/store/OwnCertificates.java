package io.keelson.cli.store;

import io.keelson.cli.pki.Authority;
import io.keelson.cli.pki.Pem;
import io.keelson.cli.print.Trouble;
import io.keelson.store.Tls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** {@code --auto-tls}: certificates that nobody has signed but their owner, so that at least nobody reads along. */
final class OwnCertificates {

    private OwnCertificates() {}

    /**
     * Makes the files of {@code tls} if they are not there; what was made before stays until somebody removes it, as with etcd.
     *
     * @param hosts names and addresses to be reached under
     */
    static void make(Tls tls, String name, List<String> hosts, Instant now, Duration validity) {
        if (Files.exists(tls.certificate()) && Files.exists(tls.key())) return;
        var issued = Authority.selfSigned(name, hosts, now, validity, new SecureRandom());
        try {
            Files.createDirectories(tls.certificate().toAbsolutePath().getParent());
            Files.deleteIfExists(tls.key());
            Files.createFile(
                    tls.key(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(tls.key(), Pem.key(issued.key()));
            Files.writeString(tls.certificate(), Pem.certificate(issued.certificate()));
        } catch (IOException failed) {
            throw Trouble.because(failed, "cannot write the certificate " + tls.certificate() + ": " + failed);
        }
    }
}
