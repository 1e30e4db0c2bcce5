package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.ApiException;
import io.keelson.orchestrator.api.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A user that wants to act as another one.
 *
 * @param name as whom
 * @param groups in which groups; if none is said, those that a service account has by its name
 * @param uid empty if not said
 * @param extra more about it; keys in small letters
 */
public record Impersonation(String name, List<String> groups, String uid, Map<String, List<String>> extra) {

    /** Who has not shown who it is. */
    public static final String ANONYMOUS = "system:anonymous";

    /** The group of all who have not. */
    public static final String UNAUTHENTICATED = "system:unauthenticated";

    private static final String AUTHENTICATION = "authentication.k8s.io";

    /** Keeps its own copies. */
    public Impersonation {
        groups = List.copyOf(groups);
        extra = new LinkedHashMap<>(extra);
    }

    /**
     * What the {@code Impersonate-} headers of a request ask for.
     *
     * @param extra by key, in any letters
     * @return empty if the request acts as its sender
     * @throws ApiException BAD_REQUEST if groups, a uid or more are given for nobody
     */
    public static Optional<Impersonation> asked(
            String name, List<String> groups, String uid, Map<String, List<String>> extra) {
        if (name.isEmpty()) {
            if (!groups.isEmpty() || !uid.isEmpty() || !extra.isEmpty()) {
                throw ApiException.badRequest(
                        "requested impersonation of groups, a uid or extra without impersonating a user");
            }
            return Optional.empty();
        }
        Map<String, List<String>> small = new LinkedHashMap<>();
        extra.forEach((key, values) -> small.computeIfAbsent(key.toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                .addAll(values));
        return Optional.of(new Impersonation(name, groups, uid, small));
    }

    /** Each thing that the real user must be allowed to impersonate, in the order in which it is asked. */
    public List<Access.ToObjects> needed() {
        List<Access.ToObjects> needed = new ArrayList<>();
        Optional<ServiceAccounts.Account> account = ServiceAccounts.ofUserName(name);
        needed.add(
                account.isPresent()
                        ? new Access.ToObjects(
                                "impersonate",
                                "",
                                "serviceaccounts",
                                account.get().namespace(),
                                account.get().name())
                        : impersonate("", "users", name));
        groups.forEach(group -> needed.add(impersonate("", "groups", group)));
        extra.forEach((key, values) ->
                values.forEach(value -> needed.add(impersonate(AUTHENTICATION, "userextras/" + key, value))));
        if (!uid.isEmpty()) {
            needed.add(impersonate(AUTHENTICATION, "uids", uid));
        }
        return needed;
    }

    private static Access.ToObjects impersonate(String group, String resource, String name) {
        return new Access.ToObjects("impersonate", group, resource, "", name);
    }

    /** The user that the request acts as. */
    public User user() {
        List<String> all = groups;
        if (all.isEmpty()) {
            all = ServiceAccounts.ofUserName(name)
                    .map(account -> ServiceAccounts.groups(account.namespace()))
                    .orElse(List.of());
        }
        User user = new User(name, all, uid, extra);
        return user.withGroups(List.of(name.equals(ANONYMOUS) ? UNAUTHENTICATED : ServiceAccounts.AUTHENTICATED));
    }
}
