package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Nobody may give what it does not have. */
public final class Escalation {

    private Escalation() {}

    /**
     * Why a user must not give these permissions; empty if it has them all.
     *
     * @param held what the user may do where the permissions shall count
     * @param granted what it would give
     * @param errors what could not be found while {@code held} was put together
     */
    public static Optional<String> refusal(
            User user, List<PolicyRule> held, List<PolicyRule> granted, List<String> errors) {
        List<PolicyRule> missing = missing(held, granted);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        TreeSet<String> described = new TreeSet<>();
        compact(missing).forEach(rule -> described.add(rule.toString()));
        String unresolved = errors.isEmpty() ? "" : "; resolution errors: [" + String.join(", ", errors) + "]";
        return Optional.of("user " + Quoted.text(user.name()) + " (groups=" + Quoted.list(user.groups())
                + ") is attempting to grant RBAC permissions not currently held:\n" + String.join("\n", described)
                + unresolved);
    }

    /** What of the granted is not held, in smallest parts. */
    static List<PolicyRule> missing(List<PolicyRule> held, List<PolicyRule> granted) {
        return granted.stream()
                .flatMap(rule -> rule.brokenDown().stream())
                .filter(part -> held.stream().noneMatch(rule -> rule.covers(part)))
                .toList();
    }

    /** One rule for each resource, with all its verbs. */
    private static List<PolicyRule> compact(List<PolicyRule> parts) {
        List<PolicyRule> compacted = new ArrayList<>();
        Map<PolicyRule, List<String>> verbs = new LinkedHashMap<>();
        for (PolicyRule part : parts) {
            if (part.nonResourceUrls().isEmpty()) {
                verbs.computeIfAbsent(withVerbs(part, List.of()), _ -> new ArrayList<>())
                        .addAll(part.verbs());
            } else {
                compacted.add(part);
            }
        }
        verbs.forEach((rule, all) -> compacted.add(withVerbs(rule, all)));
        return compacted;
    }

    private static PolicyRule withVerbs(PolicyRule rule, List<String> verbs) {
        return new PolicyRule(verbs, rule.apiGroups(), rule.resources(), rule.resourceNames(), rule.nonResourceUrls());
    }
}
