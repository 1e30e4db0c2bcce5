package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Operation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.naming.InvalidNameException;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import tools.jackson.databind.node.ObjectNode;

/**
 * Nobody asks by a certificate request to be of {@code system:masters}, whom no rule binds: Kubernetes' CertificateSubjectRestriction.
 */
final class CertificateSubject implements Validator {

    private static final String SIGNER = "kubernetes.io/kube-apiserver-client";
    private static final String MASTERS = "system:masters";
    private static final Pattern PEM = Pattern.compile(
            "-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\\s]*)-----END (?:NEW )?CERTIFICATE REQUEST-----");

    @Override
    public Verdict validate(Request request, Facts facts) {
        boolean concerned = request.operation() == Operation.CREATE
                && request.subresource().isEmpty()
                && request.kind().qualifiedResource().equals("certificatesigningrequests.certificates.k8s.io")
                && request.object()
                        .flatMap(object -> Json.string(object, "spec", "signerName"))
                        .equals(Optional.of(SIGNER));
        return concerned ? Verdict.of(refusal(request.object().orElseThrow()).map(request::forbidden)) : Verdict.FINE;
    }

    private static Optional<String> refusal(ObjectNode object) {
        try {
            byte[] text = Base64.getMimeDecoder()
                    .decode(Json.string(object, "spec", "request").orElse(""));
            Matcher pem = PEM.matcher(new String(text, StandardCharsets.ISO_8859_1));
            if (!pem.find()) {
                return Optional.of("failed to parse CSR: PEM block type must be CERTIFICATE REQUEST");
            }
            return ofMasters(subject(Base64.getMimeDecoder().decode(pem.group(1))))
                    ? Optional.of("use of " + SIGNER + " signer with " + MASTERS + " group is not allowed")
                    : Optional.empty();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | NamingException e) {
            return Optional.of("failed to parse CSR: " + e.getMessage());
        }
    }

    private static boolean ofMasters(X500Principal subject) throws NamingException {
        for (Rdn part : new LdapName(subject.getName(X500Principal.RFC2253)).getRdns()) {
            Attribute organizations = part.toAttributes().get("O");
            if (organizations != null && organizations.contains(MASTERS)) {
                return true;
            }
        }
        return false;
    }

    /** PKCS#10: a sequence that begins with a sequence that begins with a number, the version, and the subject. */
    private static X500Principal subject(byte[] der) throws InvalidNameException {
        int at = content(der, content(der, 0));
        int version = content(der, at) + length(der, at);
        int end = content(der, version) + length(der, version);
        return new X500Principal(Arrays.copyOfRange(der, version, end));
    }

    /** Where the content of the element begins that begins somewhere. */
    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        long length = 0;
        for (int i = 0; i < (first & 0x7f); i++) {
            length = (length << 8) | (der[at + 2 + i] & 0xff);
            if (length > der.length) {
                throw new IllegalArgumentException("an element is longer than all of it");
            }
        }
        return (int) length;
    }
}
