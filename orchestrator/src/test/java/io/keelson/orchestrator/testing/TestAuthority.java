package io.keelson.orchestrator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority whose certificates are files in a directory. */
public final class TestAuthority {

    private static final int KEY_BITS = 256;
    private static final X500Name NAME = new X500Name("CN=test-ca");

    private final Path directory;
    private final KeyPair keys = newKeys();
    private final Path certificate;
    private long serial = 1;

    /** A certificate with its key, as PEM files. */
    public record Issued(Path certificate, Path key) {}

    public TestAuthority(Path directory) {
        this.directory = directory;
        this.certificate = issue("ca", NAME, keys, Instant.now().plus(Duration.ofDays(1)), Optional.empty())
                .certificate();
    }

    public Path certificate() {
        return certificate;
    }

    public Issued server() {
        return server("localhost");
    }

    /** For a server that has this host name and the address 127.0.0.1. */
    public Issued server(String name) {
        return issue(
                "server",
                new X500Name("CN=server"),
                newKeys(),
                Instant.now().plus(Duration.ofDays(1)),
                Optional.of(name));
    }

    /** For a client, with a subject such as {@code CN=admin,O=system:masters}. */
    public Issued client(String file, String subject) {
        return issue(
                file,
                new X500Name(subject),
                newKeys(),
                Instant.now().plus(Duration.ofDays(1)),
                Optional.of("localhost"));
    }

    public Issued expired(String file, String subject) {
        return issue(
                file,
                new X500Name(subject),
                newKeys(),
                Instant.now().minus(Duration.ofHours(1)),
                Optional.of("localhost"));
    }

    /** The key in SEC 1 ("EC PRIVATE KEY"), with its public half as openssl writes it: every client reads that. A file beside it. */
    public Path sec1(Issued issued) {
        try {
            PrivateKeyInfo whole = PrivateKeyInfo.getInstance(der(issued.key()));
            ECPrivateKey named = new ECPrivateKey(
                    KEY_BITS,
                    ECPrivateKey.getInstance(whole.parsePrivateKey()).getKey(),
                    new X509CertificateHolder(der(issued.certificate()))
                            .getSubjectPublicKeyInfo()
                            .getPublicKeyData(),
                    whole.getPrivateKeyAlgorithm().getParameters());
            return pem(issued.key().getFileName() + ".sec1", "EC PRIVATE KEY", named.getEncoded());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] der(Path pem) throws IOException {
        return Base64.getMimeDecoder().decode(Files.readString(pem).replaceAll("-----[A-Z ]+-----", ""));
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @param host its name; empty for an authority */
    private Issued issue(String file, X500Name subject, KeyPair own, Instant end, Optional<String> host) {
        try {
            var builder = new JcaX509v3CertificateBuilder(
                    NAME,
                    BigInteger.valueOf(serial++),
                    Date.from(end.minus(Duration.ofDays(2))),
                    Date.from(end),
                    subject,
                    own.getPublic());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(host.isEmpty()));
            if (host.isPresent()) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                    new GeneralName(GeneralName.dNSName, host.get())
                }));
            }
            X509CertificateHolder signed =
                    builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
            return new Issued(
                    pem(file + ".crt", "CERTIFICATE", signed.getEncoded()),
                    pem(file + ".key", "PRIVATE KEY", own.getPrivate()));
        } catch (CertIOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path pem(String file, String type, PrivateKey key) throws IOException {
        return pem(file, type, key.getEncoded());
    }

    private Path pem(String file, String type, byte[] encoded) throws IOException {
        String text = "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + type
                + "-----\n";
        return Files.writeString(directory.resolve(file), text);
    }
}
