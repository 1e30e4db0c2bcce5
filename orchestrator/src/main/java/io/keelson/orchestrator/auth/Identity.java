package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The user that a client certificate stands for, as in Kubernetes: the common name is the name, organizations are the groups. */
public final class Identity {

    private Identity() {}

    /**
     * The user of a certificate that TLS has verified.
     *
     * @param subject the distinguished name, as in RFC 2253: {@code CN=admin,O=system:masters}
     * @return empty if it has no common name
     */
    public static Optional<User> ofSubject(String subject) {
        try {
            String name = "";
            List<String> groups = new ArrayList<>();
            // The most significant part stands last.
            for (Rdn rdn : new LdapName(subject).getRdns()) {
                NamingEnumeration<? extends Attribute> parts =
                        rdn.toAttributes().getAll();
                while (parts.hasMore()) {
                    Attribute part = parts.next();
                    for (int i = 0; i < part.size(); i++) {
                        String value = String.valueOf(part.get(i));
                        if (part.getID().equalsIgnoreCase("CN")) {
                            name = value;
                        } else if (part.getID().equalsIgnoreCase("O")) {
                            groups.add(value);
                        }
                    }
                }
            }
            return name.isEmpty() ? Optional.empty() : Optional.of(new User(name, groups));
        } catch (InvalidNameException e) {
            return Optional.empty();
        } catch (NamingException e) {
            throw new IllegalStateException("a name in memory could not be read: " + subject, e);
        }
    }
}
