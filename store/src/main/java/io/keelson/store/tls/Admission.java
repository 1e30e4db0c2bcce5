package io.keelson.store.tls;

import io.keelson.store.Allowed;
import java.net.InetAddress;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/** The rule about whom a certificate lets in. Pure. */
final class Admission {

    /** Kinds of alternative names, as in RFC 5280. */
    private static final int DNS_NAME = 2;

    private static final int ADDRESS = 7;

    private Admission() {}

    /**
     * Why the owner of a certificate is not spoken to.
     *
     * @param certificate already vouched for by the authority
     */
    static Optional<String> refusal(Allowed allowed, X509Certificate certificate) {
        return switch (allowed) {
            case Allowed.Everybody() -> Optional.empty();
            case Allowed.CommonNames(var names) ->
                unless(values(certificate, BCStyle.CN).stream().anyMatch(names::contains), "common name", names);
            case Allowed.Organizations(var names) ->
                unless(values(certificate, BCStyle.O).stream().anyMatch(names::contains), "organization", names);
            case Allowed.Hostnames(var names) ->
                unless(names.stream().anyMatch(name -> isFor(certificate, name)), "host name", names);
        };
    }

    private static Optional<String> unless(boolean met, String what, Set<String> names) {
        return met
                ? Optional.empty()
                : Optional.of("its " + what + " is none of " + String.join(", ", new TreeSet<>(names)));
    }

    private static List<String> values(X509Certificate certificate, ASN1ObjectIdentifier kind) {
        var found = new ArrayList<String>();
        try {
            for (var name :
                    new JcaX509CertificateHolder(certificate).getSubject().getRDNs(kind)) {
                for (var each : name.getTypesAndValues()) {
                    if (each.getType().equals(kind) && each.getValue() instanceof ASN1String value) {
                        found.add(value.getString());
                    }
                }
            }
        } catch (CertificateException unreadable) {
            return List.of();
        }
        return found;
    }

    /** Alternative names only, as in Go: a common name says nothing of a host. */
    private static boolean isFor(X509Certificate certificate, String host) {
        return alternatives(certificate).stream().anyMatch(each -> switch (each.get(0)) {
            case Integer kind when kind == DNS_NAME -> matches(String.valueOf(each.get(1)), host);
            case Integer kind when kind == ADDRESS -> sameAddress(String.valueOf(each.get(1)), host);
            default -> false;
        });
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException unreadable) {
            return List.of();
        }
    }

    /** A star stands for the whole first label. */
    private static boolean matches(String pattern, String host) {
        String wanted = pattern.toLowerCase(Locale.ROOT);
        String asked = host.toLowerCase(Locale.ROOT);
        int dot = asked.indexOf('.');
        return wanted.startsWith("*.")
                ? dot > 0 && asked.substring(dot).equals(wanted.substring(1))
                : wanted.equals(asked);
    }

    private static boolean sameAddress(String one, String other) {
        try {
            return InetAddress.ofLiteral(one).equals(InetAddress.ofLiteral(other));
        } catch (IllegalArgumentException aName) {
            return false;
        }
    }
}
