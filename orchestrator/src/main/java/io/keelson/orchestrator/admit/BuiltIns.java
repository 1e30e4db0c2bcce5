package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.Defaults;
import io.keelson.orchestrator.registry.Rejection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    /** Under the name by which an operator switches it off. */
    private record Named<T>(String name, T plugin) {}

    private static final List<Named<Mutator>> MUTATORS = List.of(
            new Named<>("", BuiltIns::fill),
            new Named<>("LimitRanger", LIMIT_RANGER),
            new Named<>("ServiceAccount", SERVICE_ACCOUNT),
            new Named<>("TaintNodesByCondition", new NewNodeTaint()),
            new Named<>("Priority", PRIORITY),
            new Named<>("StorageObjectInUseProtection", new StorageInUse()),
            new Named<>("DefaultStorageClass", DefaultClass.STORAGE),
            new Named<>("DefaultIngressClass", DefaultClass.INGRESS),
            new Named<>("RuntimeClass", RUNTIME_CLASS));

    private static final List<Named<Validator>> VALIDATORS = List.of(
            new Named<>("NamespaceLifecycle", new NamespaceLifecycle()),
            new Named<>("LimitRanger", LIMIT_RANGER),
            new Named<>("ServiceAccount", SERVICE_ACCOUNT),
            new Named<>("NodeRestriction", new NodeRestriction()),
            new Named<>("PodSecurity", new PodSecurity()),
            new Named<>("Priority", PRIORITY),
            new Named<>("RuntimeClass", RUNTIME_CLASS),
            new Named<>("PersistentVolumeClaimResize", new ClaimResize()),
            new Named<>("CertificateSubjectRestriction", new CertificateSubject()),
            new Named<>("", Policy::judge));

    private BuiltIns() {}

    /** Their names, Kubernetes'. */
    static Set<String> names() {
        return Stream.concat(MUTATORS.stream(), VALIDATORS.stream())
                .map(Named::name)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private static Optional<Rejection> fill(Request request, ObjectNode object, Facts facts) {
        if (request.subresource().isEmpty()) {
            Defaults.admitted(request.kind(), object);
        }
        return Optional.empty();
    }

    /** Whether they change what is sent: of all subresources only that by which pods are resized. */
    public static boolean mutates(Request request) {
        return request.subresource().isEmpty() || request.subresource().equals(LimitRanger.RESIZE);
    }

    /**
     * Lets the plugins change an object in place.
     *
     * @param object what is to be stored, the same as the request's
     * @param plugins which of them are on
     * @return why the write is refused; empty if it is not
     */
    public static Optional<Rejection> mutate(Request request, ObjectNode object, Facts facts, Plugins plugins) {
        for (Named<Mutator> each : MUTATORS) {
            Optional<Rejection> refused =
                    plugins.on(each.name()) ? each.plugin().mutate(request, object, facts) : Optional.empty();
            if (refused.isPresent()) {
                return refused;
            }
        }
        return Optional.empty();
    }

    /** What the plugins that are on say of a write; the first refusal ends it. */
    public static Verdict validate(Request request, Facts facts, Plugins plugins) {
        Verdict all = Verdict.FINE;
        for (Named<Validator> each : VALIDATORS) {
            all = plugins.on(each.name()) ? all.and(each.plugin().validate(request, facts)) : all;
            if (all.refusal().isPresent()) {
                return all;
            }
        }
        return all;
    }
}
