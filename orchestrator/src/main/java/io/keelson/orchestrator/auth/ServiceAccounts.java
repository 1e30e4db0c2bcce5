package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names under which service accounts act. */
public final class ServiceAccounts {

    /** The group of all of them. */
    public static final String ALL_GROUP = "system:serviceaccounts";

    /** The group of all who have shown who they are. */
    public static final String AUTHENTICATED = "system:authenticated";

    private static final String PREFIX = "system:serviceaccount:";

    private ServiceAccounts() {}

    /** A service account. */
    public record Account(String namespace, String name) {}

    /** Its name as a user: {@code system:serviceaccount:NAMESPACE:NAME}. */
    public static String userName(String namespace, String name) {
        return PREFIX + namespace + ":" + name;
    }

    /** The groups of a service account, without that of all who are authenticated. */
    public static List<String> groups(String namespace) {
        return List.of(ALL_GROUP, ALL_GROUP + ":" + namespace);
    }

    /** The user that a service account is. */
    public static User user(Account account, String uid, Map<String, List<String>> extra) {
        return new User(userName(account.namespace(), account.name()), groups(account.namespace()), uid, extra);
    }

    /** Which service account has this name as a user; empty if none has. */
    public static Optional<Account> ofUserName(String user) {
        if (!user.startsWith(PREFIX)) {
            return Optional.empty();
        }
        String[] parts = user.substring(PREFIX.length()).split(":", -1);
        return parts.length == 2 && !parts[0].isEmpty() && !parts[1].isEmpty()
                ? Optional.of(new Account(parts[0], parts[1]))
                : Optional.empty();
    }
}
