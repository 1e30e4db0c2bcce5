package io.keelson.orchestrator.custom;

import io.keelson.orchestrator.cel.Budget;
import io.keelson.orchestrator.kind.Cause;
import io.keelson.orchestrator.kind.Causes;
import io.keelson.orchestrator.kind.Custom;
import io.keelson.orchestrator.kind.FieldError;
import io.keelson.orchestrator.kind.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One version of a kind that is defined at run time. Immutable, thread safe. */
final class CustomKind implements Custom {

    /** After these the rules are not worth judging: a part that they ask for may be missing or of another type. */
    private static final Set<String> BLOCKING =
            Set.of("FieldValueRequired", "FieldValueTooLong", "FieldValueTooMany", "FieldValueTypeInvalid");

    private static final Set<String> SYSTEM_FINALIZERS = Set.of("foregroundDeletion", "kubernetes", "orphan");

    /** The key of definitions, without their name. */
    static final String KEYS = "/registry/apiextensions.k8s.io/customresourcedefinitions/";

    private final Definition definition;
    private final Definition.Version version;
    private final RuleSet rules;
    private final long revision;

    CustomKind(Definition definition, Definition.Version version, RuleSet rules, long revision) {
        this.definition = definition;
        this.version = version;
        this.rules = rules;
        this.revision = revision;
    }

    @Override
    public String definitionKey() {
        return KEYS + definition.name();
    }

    @Override
    public long definitionRevision() {
        return revision;
    }

    @Override
    public boolean terminating() {
        return definition.terminating();
    }

    @Override
    public List<FieldError> unknownFields(ObjectNode object) {
        return Pruning.prune(version.schema(), object.deepCopy()).stream()
                .map(FieldError::unknown)
                .toList();
    }

    @Override
    public ObjectNode shown(ObjectNode object) {
        ObjectNode shown = object.deepCopy();
        complete(shown);
        return shown;
    }

    /** Prunes and puts defaults, in place; twice is as once. */
    void complete(ObjectNode object) {
        Pruning.prune(version.schema(), object);
        Defaulting.apply(version.schema(), object);
    }

    /** What does not make sense in an object, unless it did not in the same way before. */
    void check(Optional<ObjectNode> live, ObjectNode incoming, Causes causes) {
        List<Cause> found = new ArrayList<>(ValueCheck.check(version.schema(), incoming));
        found.addAll(ListCheck.check(version.schema(), incoming));
        if (live.isPresent()) {
            found.removeIf(cause -> Ratchet.wasSo(cause, live.get(), incoming));
        }
        if (found.stream().noneMatch(cause -> BLOCKING.contains(cause.reason()))) {
            found.addAll(Rules.check(rules, live, incoming, Budget.ofObject()));
        } else if (!rules.isEmpty()) {
            found.add(Cause.invalid(
                    "<nil>",
                    "null",
                    "some validation rules were not checked because the object was invalid; correct the existing errors to"
                            + " complete validation"));
        }
        found.forEach(causes::add);
    }

    /** Of finalizers that are new, and whose names another may use too. */
    static void finalizers(Optional<ObjectNode> live, ObjectNode incoming, Consumer<String> warn) {
        Set<String> added = new TreeSet<>();
        Json.items(incoming, "metadata", "finalizers").forEach(name -> added.add(name.asString("")));
        live.ifPresent(before ->
                Json.items(before, "metadata", "finalizers").forEach(name -> added.remove(name.asString(""))));
        added.stream()
                .filter(name -> name.indexOf('/') < 0 && !SYSTEM_FINALIZERS.contains(name))
                .forEach(name -> warn.accept("metadata.finalizers: \"" + name
                        + "\": prefer a domain-qualified finalizer name including a path (/) to avoid accidental"
                        + " conflicts with other finalizer writers"));
    }

    @Override
    public ObjectNode openApi() {
        return SchemaCheck.raw(version.json()).deepCopy();
    }

    @Override
    public Optional<String> deprecationWarning() {
        return version.deprecationWarning();
    }

    @Override
    public Optional<ScaleAccess> scale() {
        return version.scale().map(Paths::new);
    }

    /** The replicas at the paths that a definition names. */
    private record Paths(Definition.ScalePaths paths) implements ScaleAccess {

        private static long number(JsonPath path, ObjectNode object) {
            return path.first(object)
                    .filter(node -> node.isIntegralNumber() && node.canConvertToLong())
                    .map(JsonNode::longValue)
                    .orElse(0L);
        }

        @Override
        public long wished(ObjectNode object) {
            return number(paths.specReplicas(), object);
        }

        @Override
        public long present(ObjectNode object) {
            return number(paths.statusReplicas(), object);
        }

        @Override
        public Optional<String> selector(ObjectNode object) {
            return paths.labelSelector()
                    .flatMap(path -> path.first(object))
                    .filter(JsonNode::isString)
                    .map(JsonNode::stringValue);
        }

        @Override
        public void wish(ObjectNode object, int replicas) {
            ObjectNode at = object;
            List<String> fields = paths.specReplicas().fields();
            for (String field : fields.subList(0, fields.size() - 1)) {
                at = Json.child(at, field);
            }
            at.put(fields.getLast(), replicas);
        }
    }
}
