package io.keelson.orchestrator.auth;

import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who has which role where.
 *
 * @param namespace empty for a ClusterRoleBinding
 * @param name of the binding
 * @param role what is given
 * @param subjects to whom
 */
record Binding(String namespace, String name, RoleRef role, List<Subject> subjects) {

    Binding {
        subjects = List.copyOf(subjects);
    }

    static Binding parse(String namespace, String name, ObjectNode object) {
        List<Subject> subjects = new ArrayList<>();
        Json.items(object, "subjects").forEach(each -> subjects.add(Subject.parse(each, namespace)));
        return new Binding(namespace, name, RoleRef.of(object, namespace), subjects);
    }

    /** Which, for whom, in Kubernetes' words. */
    String described(Subject subject) {
        String binding = namespace.isEmpty()
                ? "ClusterRoleBinding " + Quoted.text(name)
                : "RoleBinding " + Quoted.text(name + "/" + namespace);
        return binding + " of " + role.kind() + " " + Quoted.text(role.name()) + " to " + subject.described();
    }
}
