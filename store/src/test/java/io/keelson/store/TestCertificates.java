package io.keelson.store;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority and what it issues for 127.0.0.1, as files in a directory: {@code ca.pem}, {@code NAME.pem}, {@code NAME.key}. */
public final class TestCertificates {

    private static final AtomicLong SERIALS = new AtomicLong(System.nanoTime());

    private record Issued(X509Certificate certificate, KeyPair keys) {}

    private final Path dir;
    private final Issued authority;
    private final Map<String, Issued> issued = new ConcurrentHashMap<>();

    private TestCertificates(Path dir) throws Exception {
        this.dir = dir;
        KeyPair keys = keys();
        this.authority = new Issued(certificate("CN=ca", keys, "ca", keys, true), keys);
        write(dir.resolve("ca.pem"), authority.certificate);
    }

    /** An authority whose files go to a directory. */
    public static TestCertificates in(Path dir) throws Exception {
        return new TestCertificates(dir);
    }

    /** Where the files are. */
    public Path dir() {
        return dir;
    }

    /** A certificate with the common name {@code name}. */
    public Tls issue(String name) throws Exception {
        return issue(name, "CN=" + name);
    }

    /** A certificate with a subject such as {@code CN=admin,O=system:masters}, in files of this name. */
    public Tls issue(String name, String subject) throws Exception {
        KeyPair keys = keys();
        var own = new Issued(certificate(subject, keys, "ca", authority.keys, false), keys);
        issued.put(name, own);
        write(dir.resolve(name + ".pem"), own.certificate);
        write(
                dir.resolve(name + ".key"),
                new PKCS8Generator(PrivateKeyInfo.getInstance(keys.getPrivate().getEncoded()), null));
        return new Tls(dir.resolve(name + ".pem"), dir.resolve(name + ".key"), dir.resolve("ca.pem"));
    }

    /** The authority's list of revoked certificates, with these and nobody else, in {@code crl.pem} anew. */
    public Path revoke(String... names) throws Exception {
        var now = Instant.now();
        var list = new X509v2CRLBuilder(new X500Name("CN=ca"), Date.from(now.minus(Duration.ofMinutes(5))));
        list.setNextUpdate(Date.from(now.plus(Duration.ofDays(2))));
        for (String name : names) {
            Issued own = Objects.requireNonNull(issued.get(name), name);
            list.addCRLEntry(own.certificate.getSerialNumber(), Date.from(now), CRLReason.keyCompromise);
        }
        Path beside = dir.resolve("crl.new");
        write(beside, list.build(new JcaContentSignerBuilder("SHA256withECDSA").build(authority.keys.getPrivate())));
        return Files.move(
                beside, dir.resolve("crl.pem"), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a Java client shows and trusts. */
    public SSLContext context(String name) throws Exception {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("ca", authority.certificate);
        Issued own = Objects.requireNonNull(issued.get(name), name);
        store.setKeyEntry(
                name, own.keys.getPrivate(), new char[0], new X509Certificate[] {own.certificate, authority.certificate
                });
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        var trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    private static KeyPair keys() throws Exception {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509Certificate certificate(
            String subject, KeyPair keys, String issuer, KeyPair issuerKeys, boolean authority) throws Exception {
        var now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                BigInteger.valueOf(SERIALS.incrementAndGet()),
                Date.from(now.minus(Duration.ofMinutes(5))),
                Date.from(now.plus(Duration.ofDays(2))),
                new X500Name(subject),
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!authority) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
    }

    private static void write(Path file, Object what) throws IOException {
        var text = new StringWriter();
        try (var writer = new JcaPEMWriter(text)) {
            writer.writeObject(what);
        }
        Files.writeString(file, text.toString());
    }
}
