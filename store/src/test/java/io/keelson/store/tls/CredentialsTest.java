package io.keelson.store.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.keelson.store.TestCertificates;
import io.keelson.store.Tls;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Objects;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of an operator, as TLS sees them. */
class CredentialsTest {

    @TempDir
    Path dir;

    private TestCertificates certificates;
    private Tls first;
    private Tls second;

    @BeforeEach
    void issue() throws Exception {
        certificates = TestCertificates.in(dir);
        first = certificates.issue("first");
        second = certificates.issue("second");
    }

    private static String shown(Credentials credentials) {
        String alias = credentials.keys().chooseEngineServerAlias("EC", null, null);
        return subject(credentials, Objects.requireNonNull(alias));
    }

    private static String subject(Credentials credentials, String alias) {
        X509Certificate[] chain = Objects.requireNonNull(credentials.keys().getCertificateChain(alias));
        return chain[0].getSubjectX500Principal().getName();
    }

    private static void replace(Path file, Path with) throws Exception {
        Path beside = file.resolveSibling("new");
        Files.copy(with, beside);
        Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void renewedFilesAreShownToTheNextWhoConnects() throws Exception {
        var credentials = Credentials.load(first);
        String begun = Objects.requireNonNull(credentials.keys().chooseEngineServerAlias("EC", null, null));
        replace(first.certificate(), second.certificate());
        assertThat(shown(credentials)).as("no longer the key's").isEqualTo("CN=first");
        replace(first.key(), second.key());
        assertThat(shown(credentials)).isEqualTo("CN=second");
        assertThat(subject(credentials, begun))
                .as("a handshake that was under way")
                .isEqualTo("CN=first");
    }

    @Test
    void filesThatAreGoneLeaveTheOldInForce() throws Exception {
        var credentials = Credentials.load(first);
        Files.delete(first.certificate());
        assertThat(shown(credentials)).isEqualTo("CN=first");
    }

    @Test
    void othersAreJudgedByTheAuthority() throws Exception {
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        X509Certificate[] known = {PemFiles.certificates(second.certificate()).getFirst()};
        X509Certificate[] stranger = {
            PemFiles.certificates(
                            TestCertificates.in(elsewhere).issue("stranger").certificate())
                    .getFirst()
        };
        var strict = Credentials.load(first).trust();
        strict.checkClientTrusted(known, "EC");
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> strict.checkClientTrusted(stranger, "EC"));
        var system = Credentials.load(
                        new Tls(first.certificate(), first.key(), Optional.empty(), Tls.Others.SHOW_A_CERTIFICATE))
                .trust();
        assertThatExceptionOfType(CertificateException.class)
                .as("not an authority of the system's")
                .isThrownBy(() -> system.checkServerTrusted(known, "EC"));
        var credulous = Credentials.load(
                        new Tls(first.certificate(), first.key(), Optional.empty(), Tls.Others.ARE_BELIEVED))
                .trust();
        credulous.checkServerTrusted(stranger, "EC");
        assertThat(credulous.getAcceptedIssuers()).isEmpty();
    }

    private static X509Certificate[] chain(Tls tls) {
        return new X509Certificate[] {PemFiles.certificates(tls.certificate()).getFirst()};
    }

    @Test
    void whoIsRevokedIsRefusedAsSoonAsTheListSaysSo() throws Exception {
        var trust = Credentials.load(first.without(certificates.revoke())).trust();
        trust.checkClientTrusted(chain(second), "EC");
        assertThat(certificates.revoke("second")).exists();
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> trust.checkClientTrusted(chain(second), "EC"))
                .withMessageContaining("CN=second")
                .withMessageContaining("it is revoked");
        trust.checkClientTrusted(chain(first), "EC");
    }

    @Test
    void listOfRevokedMayBeDerAndMustBeOfTheAuthority() throws Exception {
        var list = PemFiles.revocations(certificates.revoke("second")).getFirst();
        Path der = Files.write(dir.resolve("crl.der"), list.getEncoded());
        var trust = Credentials.load(first.without(der)).trust();
        assertThatExceptionOfType(CertificateException.class)
                .isThrownBy(() -> trust.checkClientTrusted(chain(second), "EC"));
        var others = TestCertificates.in(Files.createDirectory(dir.resolve("others")));
        assertProblem(first.without(others.revoke()), "signed by none of the authorities in");
        assertProblem(first.without(first.certificate()), "holds no revocation list that can be read");
        assertProblem(first.without(dir.resolve("absent.crl")), "absent.crl is not there");
    }

    @Test
    void keysAreReadAsOpensslWritesThem() throws Exception {
        PrivateKey rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPrivate();
        assertThat(read(
                        "RSA PRIVATE KEY",
                        PrivateKeyInfo.getInstance(rsa.getEncoded()).parsePrivateKey()))
                .isEqualTo(rsa);
        var curve = KeyPairGenerator.getInstance("EC");
        curve.initialize(new ECGenParameterSpec("secp256r1"));
        var ec = (ECPrivateKey) curve.generateKeyPair().getPrivate();
        // With the name of the curve inside, as it stands in no other place of such a file; the public half may be left
        // out.
        var sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(256, ec.getS(), SECObjectIdentifiers.secp256r1);
        assertThat(((ECPrivateKey) read("EC PRIVATE KEY", sec1)).getS()).isEqualTo(ec.getS());
    }

    private PrivateKey read(String kind, ASN1Encodable key) throws Exception {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(kind, key.toASN1Primitive().getEncoded()));
        }
        return PemFiles.key(Files.writeString(dir.resolve("traditional.key"), text.toString()));
    }

    @Test
    void whatIsWrongIsNamed() throws Exception {
        assertProblem(
                new Tls(dir.resolve("absent.pem"), first.key(), dir.resolve("ca.pem")), "absent.pem is not there");
        assertProblem(new Tls(first.key(), first.key(), dir.resolve("ca.pem")), "holds no certificate in PEM");
        assertProblem(
                new Tls(first.certificate(), first.certificate(), dir.resolve("ca.pem")),
                "holds no private key in PEM");
        assertProblem(
                new Tls(first.certificate(), second.key(), dir.resolve("ca.pem")),
                "second.key is not the key of the certificate in");
        Path damaged = Files.writeString(
                dir.resolve("damaged.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertProblem(new Tls(damaged, first.key(), dir.resolve("ca.pem")), "damaged.pem");
    }

    private static void assertProblem(Tls tls, String text) {
        assertThatExceptionOfType(TlsProblem.class)
                .isThrownBy(() -> Credentials.load(tls))
                .withMessageContaining(text);
    }
}
