package io.keelson.store;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Who we are and whom we trust on one kind of connection. All files are PEM, and are read again when they change.
 *
 * @param certificate our certificate chain
 * @param key its private key: PKCS#8, or as openssl and cfssl write it (PKCS#1, SEC 1)
 * @param trustedCa the authorities that the other side's certificate must come from; empty: those that the system trusts
 * @param others what the other side must show
 * @param allowed who of those that the authorities vouch for is spoken to
 * @param revoked lists of the authorities with what they vouch for no longer, PEM or DER: etcd's {@code --client-crl-file}
 */
public record Tls(
        Path certificate, Path key, Optional<Path> trustedCa, Others others, Allowed allowed, Optional<Path> revoked) {

    /** What who dials us must show; and, as it is the same file, how we look at whom we dial. */
    public enum Others {
        /** A certificate of the trusted authority, whose common name is a user: {@code --client-cert-auth}. */
        ARE_USERS,
        /** A certificate of the trusted authority: {@code --trusted-ca-file} alone. */
        SHOW_A_CERTIFICATE,
        /** Nothing. Whom we dial is looked at all the same. */
        SHOW_NOTHING,
        /** Nothing, and whom we dial is believed: certificates that each makes for itself, {@code --peer-auto-tls}. */
        ARE_BELIEVED;

        /** Whether who dials us without a certificate is sent away. */
        public boolean mustShow() {
            return this == ARE_USERS || this == SHOW_A_CERTIFICATE;
        }
    }

    /**
     * @throws IllegalArgumentException if somebody is to be kept out whom nobody would ask who he is
     */
    public Tls {
        if (!(allowed instanceof Allowed.Everybody) && !others.mustShow()) {
            throw new IllegalArgumentException(
                    "who is not asked for a certificate cannot be told from who is allowed: " + allowed);
        }
        if (revoked.isPresent() && !others.mustShow()) {
            throw new IllegalArgumentException(
                    "of who is not asked for a certificate none can be revoked by " + revoked.get());
        }
    }

    /** Nothing is revoked. */
    public Tls(Path certificate, Path key, Optional<Path> trustedCa, Others others, Allowed allowed) {
        this(certificate, key, trustedCa, others, allowed, Optional.empty());
    }

    /** Speaks to everybody the authorities vouch for. */
    public Tls(Path certificate, Path key, Optional<Path> trustedCa, Others others) {
        this(certificate, key, trustedCa, others, new Allowed.Everybody());
    }

    /** The same for fewer. */
    public Tls only(Allowed fewer) {
        return new Tls(certificate, key, trustedCa, others, fewer, revoked);
    }

    /** The same without those whose certificates are in these lists. */
    public Tls without(Path lists) {
        return new Tls(certificate, key, trustedCa, others, allowed, Optional.of(lists));
    }

    /** Mutual TLS: both sides show a certificate of one authority. */
    public Tls(Path certificate, Path key, Path trustedCa) {
        this(certificate, key, Optional.of(trustedCa), Others.ARE_USERS);
    }
}
