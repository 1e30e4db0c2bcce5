package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.registry.Rejection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kubernetes' admission plugins that are on by default, in its order; quotas are {@link Quotas} and come after all others. Default
 * tolerations are a default of pods, see {@code kind}.
 */
public final class BuiltIns {

    private static final ServiceAccountPlugin SERVICE_ACCOUNT = new ServiceAccountPlugin();
    private static final LimitRanger LIMIT_RANGER = new LimitRanger();
    private static final PriorityPlugin PRIORITY = new PriorityPlugin();
    private static final RuntimeClassPlugin RUNTIME_CLASS = new RuntimeClassPlugin();

    private static final List<Mutator> MUTATORS = mutators();

    private static final List<Validator> VALIDATORS = List.of(
            new NamespaceLifecycle(),
            LIMIT_RANGER,
            SERVICE_ACCOUNT,
            new NodeRestriction(),
            new PodSecurity(),
            PRIORITY,
            RUNTIME_CLASS,
            Policy::judge);

    private BuiltIns() {}

    private static List<Mutator> mutators() {
        List<Mutator> all = new ArrayList<>(List.of(LIMIT_RANGER, SERVICE_ACCOUNT, PRIORITY));
        all.addAll(DefaultClass.ALL);
        all.add(RUNTIME_CLASS);
        return List.copyOf(all);
    }

    /**
     * Lets the plugins change an object in place.
     *
     * @param object what is to be stored, the same as the request's
     * @return why the write is refused; empty if it is not
     */
    public static Optional<Rejection> mutate(Request request, ObjectNode object, Facts facts) {
        for (Mutator plugin : MUTATORS) {
            Optional<Rejection> refused = plugin.mutate(request, object, facts);
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    /** What the plugins say of a write; the first refusal ends it. */
    public static Verdict validate(Request request, Facts facts) {
        Verdict all = Verdict.FINE;
        for (Validator plugin : VALIDATORS) {
            all = all.and(plugin.validate(request, facts));
            if (all.refusal().isPresent()) {
                return all;
            }
        }
        return all;
    }
}
