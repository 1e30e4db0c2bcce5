package io.keelson.cli.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.junit.jupiter.api.Test;

class AuthorityTest {

    private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");

    private final Authority authority = Authority.create("test", NOW, new SecureRandom());

    private void validate(X509Certificate certificate, Instant at) throws Exception {
        var parameters =
                new PKIXParameters(Set.of(new TrustAnchor(authority.own().certificate(), null)));
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(at));
        CertPathValidator.getInstance("PKIX")
                .validate(CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)), parameters);
    }

    @Test
    void whatIsIssuedChainsToTheAuthority() throws Exception {
        validate(authority.server("s1", List.of("localhost"), NOW).certificate(), NOW);
        validate(
                authority.client("admin", "system:masters", NOW).certificate(),
                NOW.plus(Authority.VALIDITY).minusSeconds(60));
    }

    @Test
    void itExpires() {
        var certificate = authority.server("s1", List.of("localhost"), NOW).certificate();
        assertThatThrownBy(
                        () -> validate(certificate, NOW.plus(Authority.VALIDITY).plusSeconds(60)))
                .hasMessageContaining("validity check failed");
    }

    @Test
    void serversAreNamedByAddressAndName() throws Exception {
        var certificate = authority
                .server("s1", List.of("localhost", "127.0.0.1", "::1", "127.0.0.1"), NOW)
                .certificate();
        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(
                        List.of(2, "localhost"), List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1"));
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void clientsCarryUserAndGroup() throws Exception {
        var certificate =
                authority.client("system:node:n1", "system:nodes", NOW).certificate();
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=system:node:n1,O=system:nodes");
        assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    }

    @Test
    void anotherAuthorityIsNotTrusted() {
        var stranger = Authority.create("test", NOW, new SecureRandom())
                .client("admin", "system:masters", NOW)
                .certificate();
        assertThatThrownBy(() -> stranger.verify(authority.own().certificate().getPublicKey()))
                .isInstanceOf(SignatureException.class);
    }

    @Test
    void pemReadsBack() throws Exception {
        var issued = authority.client("a", "b", NOW);
        assertThat(Pem.parseCertificate(Pem.certificate(issued.certificate()))).isEqualTo(issued.certificate());
        assertThat(Pem.key(issued.key())).startsWith("-----BEGIN PRIVATE KEY-----\n");
        assertThat(Pem.parseKey(Pem.key(issued.key()))).isEqualTo(issued.key());
    }

    @Test
    void theFormThatJavaClientsReadIsReadBackToo() throws Exception {
        var issued = authority.client("a", "b", NOW);
        var sec1 = Pem.sec1(issued.key(), issued.certificate());
        assertThat(sec1).startsWith("-----BEGIN EC PRIVATE KEY-----\n");
        assertThat(Pem.holdsKey(sec1)).isTrue();
        var parsed = (ECPrivateKey) Pem.parseKey(sec1);
        assertThat(parsed.getS()).isEqualTo(((ECPrivateKey) issued.key()).getS());
        var pair = (PEMKeyPair) new PEMParser(new StringReader(sec1)).readObject();
        assertThat(new JcaPEMKeyConverter().getKeyPair(pair).getPublic())
                .isEqualTo(issued.certificate().getPublicKey());
    }

    @Test
    void aKeyOfAnotherCurveIsRefused() {
        assertThatThrownBy(() -> Pem.parseKey(
                        "-----BEGIN EC PRIVATE KEY-----\n" + "A".repeat(400) + "\n-----END EC PRIVATE KEY-----\n"))
                .isInstanceOf(GeneralSecurityException.class)
                .hasMessage("not a key of the curve P-256");
    }
}
