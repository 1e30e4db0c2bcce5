package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.registry.Operation;
import java.util.Set;

/** Namespaces without which a cluster is none stay. That objects need a namespace, the registry sees to. */
final class NamespaceLifecycle implements Validator {

    private static final Set<String> IMMORTAL = Set.of("default", "kube-public", "kube-system");

    @Override
    public Verdict validate(Request request, Facts facts) {
        boolean refused = request.operation() == Operation.DELETE
                && request.of(Kinds.NAMESPACE)
                && IMMORTAL.contains(request.name());
        return refused ? Verdict.refused(request.forbidden("this namespace may not be deleted")) : Verdict.FINE;
    }
}
