package io.keelson.store.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.keelson.store.Allowed;
import io.keelson.store.TestCertificates;
import io.keelson.store.Tls;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Input: a rule and a certificate for 127.0.0.1. Output: why it lets nobody in. */
class AdmissionTest {

    @TempDir
    Path dir;

    private Tls files;
    private X509Certificate certificate;

    @BeforeEach
    void issue() throws Exception {
        files = TestCertificates.in(dir).issue("one", "CN=one,O=red,O=\"big, blue\"");
        certificate = PemFiles.certificates(files.certificate()).getFirst();
    }

    private Optional<String> refusal(Allowed allowed) {
        return Admission.refusal(allowed, certificate);
    }

    @Test
    void whoHasOneOfTheNamesIsLetIn() {
        assertThat(refusal(new Allowed.Everybody())).isEmpty();
        assertThat(refusal(new Allowed.CommonNames(Set.of("two", "one")))).isEmpty();
        assertThat(refusal(new Allowed.Organizations(Set.of("red")))).isEmpty();
        assertThat(refusal(new Allowed.Organizations(Set.of("big, blue")))).isEmpty();
        assertThat(refusal(new Allowed.Hostnames(Set.of("elsewhere", "127.0.0.1"))))
                .isEmpty();
    }

    @Test
    void everybodyElseIsToldWhatIsMissing() {
        assertThat(refusal(new Allowed.CommonNames(Set.of("two", "red"))))
                .contains("its common name is none of red, two");
        assertThat(refusal(new Allowed.Organizations(Set.of("one", "blue"))))
                .contains("its organization is none of blue, one");
        assertThat(refusal(new Allowed.Hostnames(Set.of("127.0.0.2", "one"))))
                .as("a common name is no host name")
                .contains("its host name is none of 127.0.0.2, one");
    }

    @Test
    void nobodyIsKeptOutWhoIsNotAskedForACertificate() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Tls(files.certificate(), files.key(), files.trustedCa(), Tls.Others.SHOW_NOTHING)
                        .only(new Allowed.CommonNames(Set.of("one"))));
    }

    @Test
    void aCertificateKnowsWhetherItsOwnRuleRefusesIt() {
        assertThat(Credentials.load(files.only(new Allowed.Organizations(Set.of("red"))))
                        .ownRefusal())
                .isEmpty();
        assertThat(Credentials.load(files.only(new Allowed.Organizations(Set.of("green"))))
                        .ownRefusal())
                .contains("its organization is none of green");
    }

    @Test
    void whoComesAgainAndAgainIsLoggedOnceInAWhile() {
        var nanos = new AtomicLong();
        var lines = new java.util.ArrayList<String>();
        var logger = java.util.logging.Logger.getLogger(Credentials.class.getName());
        var handler = new java.util.logging.Handler() {
            @Override
            public void publish(java.util.logging.LogRecord line) {
                lines.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            var refusals = new Refusals(nanos::get);
            for (int each = 0; each < 5; each++) {
                assertThat(refusals.note(certificate, "why")).contains("CN=one").endsWith(": why");
            }
            nanos.addAndGet(Refusals.SILENCE.toNanos());
            refusals.note(certificate, "why");
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(lines).hasSize(2);
    }
}
