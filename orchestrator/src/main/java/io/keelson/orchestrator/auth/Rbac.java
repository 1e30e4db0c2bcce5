package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.api.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * All roles and bindings, indexed by whom they concern. A value that changes: its owner sees to it that nobody reads while it does.
 *
 * <p>A question costs a look at the bindings of the user and of each of its groups, whatever else there is.
 */
public final class Rbac {

    /** The API group of roles and bindings. */
    public static final String GROUP = "rbac.authorization.k8s.io";

    private final Map<RoleRef, List<PolicyRule>> roles = new HashMap<>();
    private final Map<String, Binding> bindings = new HashMap<>();
    /** Namespace, empty for the cluster's bindings, then subject, then the binding's name: in order, so that reasons are always the same. */
    private final Map<String, Map<String, Map<String, Binding>>> bySubject = new HashMap<>();

    /**
     * Learns of a role or a binding, or that it changed.
     *
     * @param resource {@code roles}, {@code clusterroles}, {@code rolebindings} or {@code clusterrolebindings}; others are passed over
     * @param namespace empty for the cluster's
     */
    public void set(String resource, String namespace, String name, ObjectNode object) {
        switch (resource) {
            case "roles", "clusterroles" -> roles.put(role(resource, namespace, name), PolicyRule.listOf(object));
            case "rolebindings", "clusterrolebindings" -> {
                forget(resource, namespace, name);
                bind(Binding.parse(namespace, name, object));
            }
            default -> {}
        }
    }

    /** Forgets a role or a binding; see {@link #set}. */
    public void forget(String resource, String namespace, String name) {
        switch (resource) {
            case "roles", "clusterroles" -> roles.remove(role(resource, namespace, name));
            case "rolebindings", "clusterrolebindings" ->
                Optional.ofNullable(bindings.remove(namespace + "/" + name)).ifPresent(this::unbind);
            default -> {}
        }
    }

    private static RoleRef role(String resource, String namespace, String name) {
        return resource.equals("clusterroles")
                ? new RoleRef(RoleRef.CLUSTER_ROLE, "", name)
                : new RoleRef("Role", namespace, name);
    }

    private void bind(Binding binding) {
        bindings.put(binding.namespace() + "/" + binding.name(), binding);
        var subjects = bySubject.computeIfAbsent(binding.namespace(), _ -> new HashMap<>());
        for (Subject subject : binding.subjects()) {
            subjects.computeIfAbsent(subject.key(), _ -> new TreeMap<>()).put(binding.name(), binding);
        }
    }

    private void unbind(Binding binding) {
        var subjects = bySubject.get(binding.namespace());
        if (subjects == null) {
            return;
        }
        for (Subject subject : binding.subjects()) {
            var named = subjects.get(subject.key());
            if (named != null) {
                named.remove(binding.name());
                if (named.isEmpty()) {
                    subjects.remove(subject.key());
                }
            }
        }
        if (subjects.isEmpty()) {
            bySubject.remove(binding.namespace());
        }
    }

    /** The rules of a role; empty if there is no such role. */
    public Optional<List<PolicyRule>> rules(RoleRef role) {
        return Optional.ofNullable(roles.get(role));
    }

    /** Whether a binding lets a user do something. */
    public Decision decide(User user, Access access) {
        String namespace = access instanceof Access.ToObjects objects ? objects.namespace() : "";
        List<String> errors = new ArrayList<>();
        String[] reason = {""};
        boolean allowed = visit(user, namespace, errors, (source, rule) -> {
            if (!rule.allows(access)) {
                return false;
            }
            reason[0] = "RBAC: allowed by " + source;
            return true;
        });
        if (allowed) {
            return Decision.allowed(reason[0]);
        }
        return errors.isEmpty() ? Decision.NO_OPINION : Decision.noOpinion("RBAC: " + joined(errors));
    }

    /**
     * All that a user may do, as far as bindings say.
     *
     * @param namespace where; empty for the cluster's bindings alone
     * @param errors takes what could not be found
     */
    public List<PolicyRule> rulesOf(User user, String namespace, Collection<String> errors) {
        List<PolicyRule> rules = new ArrayList<>();
        visit(user, namespace, errors, (_, rule) -> {
            rules.add(rule);
            return false;
        });
        return rules;
    }

    private static String joined(List<String> errors) {
        return errors.size() == 1 ? errors.getFirst() : "[" + String.join(", ", errors) + "]";
    }

    /** Shows rules until one is what is sought. A source is described only when somebody asks, for most rules are looked at in vain. */
    private boolean visit(
            User user, String namespace, Collection<String> errors, BiPredicate<Source, PolicyRule> sought) {
        if (visitIn("", user, errors, sought)) {
            return true;
        }
        return !namespace.isEmpty() && visitIn(namespace, user, errors, sought);
    }

    private boolean visitIn(
            String namespace, User user, Collection<String> errors, BiPredicate<Source, PolicyRule> sought) {
        var subjects = bySubject.get(namespace);
        if (subjects == null) {
            return false;
        }
        if (visitSubject(subjects, Subject.ofUser(user.name()), errors, sought)) {
            return true;
        }
        for (String group : user.groups()) {
            if (visitSubject(subjects, Subject.ofGroup(group), errors, sought)) {
                return true;
            }
        }
        return false;
    }

    private boolean visitSubject(
            Map<String, Map<String, Binding>> subjects,
            String key,
            Collection<String> errors,
            BiPredicate<Source, PolicyRule> sought) {
        var named = subjects.get(key);
        if (named == null) {
            return false;
        }
        for (Binding binding : named.values()) {
            List<PolicyRule> rules = roles.get(binding.role());
            if (rules == null) {
                errors.add(binding.role().missing());
                continue;
            }
            Source source = new Source(binding, key);
            for (PolicyRule rule : rules) {
                if (sought.test(source, rule)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Through which binding and subject a rule concerns a user. */
    private record Source(Binding binding, String key) {
        @Override
        public String toString() {
            Subject subject = binding.subjects().stream()
                    .filter(each -> each.key().equals(key))
                    .findFirst()
                    .orElseThrow();
            return binding.described(subject);
        }
    }
}
