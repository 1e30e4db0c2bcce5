package io.keelson.cli.pki;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority. */
public final class Authority {

    /** How long the authority itself is valid. */
    public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);

    /** How long what it issues is valid. */
    public static final Duration VALIDITY = Duration.ofDays(365);

    /** Certificates begin to be valid a little earlier than they are made: clocks differ. */
    private static final Duration SKEW = Duration.ofMinutes(5);

    /** The organization of a cluster's servers: what opens the ports of the store to them. */
    public static final String SERVERS = "keelson:servers";

    /** The organization of who may do everything, as in Kubernetes. */
    public static final String MASTERS = "system:masters";

    private static final int SERIAL_BITS = 127;
    private static final String SIGNATURE = "SHA256withECDSA";

    private final Issued own;
    private final SecureRandom random;

    private Authority(Issued own, SecureRandom random) {
        this.own = own;
        this.random = random;
    }

    /** Makes a new authority. */
    public static Authority create(String name, Instant now, SecureRandom random) {
        var keys = keys(random);
        var subject =
                new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
        var builder = builder(subject, subject, keys, now, AUTHORITY_VALIDITY, random);
        try {
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()));
        } catch (CertIOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        return new Authority(new Issued(sign(builder, keys.getPrivate()), keys.getPrivate()), random);
    }

    /**
     * A certificate for a server that nobody has signed but itself.
     *
     * @param name the common name
     * @param hosts addresses and host names under which it is reached
     */
    public static Issued selfSigned(
            String name, List<String> hosts, Instant now, Duration validity, SecureRandom random) {
        var keys = keys(random);
        var subject =
                new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, name).build();
        var builder = builder(subject, subject, keys, now, validity, random);
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            var names = hosts.stream().distinct().map(Authority::generalName).toArray(GeneralName[]::new);
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        } catch (CertIOException impossible) {
            throw new IllegalStateException(impossible);
        }
        return new Issued(sign(builder, keys.getPrivate()), keys.getPrivate());
    }

    /** An authority that was made before. */
    public static Authority of(Issued own) {
        return new Authority(own, new SecureRandom());
    }

    /** The authority's own certificate and key. */
    public Issued own() {
        return own;
    }

    /**
     * Issues a certificate for a server, which is a client of other servers, too; its organization is {@link #SERVERS}.
     *
     * @param name the common name
     * @param hosts addresses and host names under which it is reached
     */
    public Issued server(String name, List<String> hosts, Instant now) {
        return issue(name, SERVERS, hosts, List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth), now);
    }

    /**
     * Issues a certificate for a client. Kubernetes takes the common name for the user and the organization for the group.
     *
     * @param user for example {@code system:node:n1}
     * @param group for example {@code system:nodes}
     */
    public Issued client(String user, String group, Instant now) {
        return issue(user, group, List.of(), List.of(KeyPurposeId.id_kp_clientAuth), now);
    }

    private Issued issue(String name, String group, List<String> hosts, List<KeyPurposeId> purposes, Instant now) {
        var keys = keys(random);
        var subject = new X500NameBuilder(BCStyle.INSTANCE);
        subject.addRDN(BCStyle.O, group);
        subject.addRDN(BCStyle.CN, name);
        var issuer =
                X500Name.getInstance(own.certificate().getSubjectX500Principal().getEncoded());
        var builder = builder(issuer, subject.build(), keys, now, VALIDITY, random);
        try {
            var extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(
                    Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes.toArray(KeyPurposeId[]::new)));
            builder.addExtension(
                    Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(keys.getPublic()));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(own.certificate().getPublicKey()));
            if (!hosts.isEmpty()) {
                var names =
                        hosts.stream().distinct().map(Authority::generalName).toArray(GeneralName[]::new);
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
            }
        } catch (CertIOException | GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
        return new Issued(sign(builder, own.key()), keys.getPrivate());
    }

    private static GeneralName generalName(String host) {
        boolean address;
        try {
            InetAddress.ofLiteral(host);
            address = true;
        } catch (IllegalArgumentException aName) {
            address = false;
        }
        return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private static KeyPair keys(SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair keys, Instant now, Duration validity, SecureRandom random) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
                Date.from(now.minus(SKEW)),
                Date.from(now.plus(validity)),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
        } catch (OperatorCreationException | GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
