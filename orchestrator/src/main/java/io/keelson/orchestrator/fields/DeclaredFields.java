package io.keelson.orchestrator.fields;

import java.util.HashMap;
import java.util.Map;

/**
 * Adds to a set the declared fields that lead to its members. Of {@code spec.replicas} the owner need not own {@code spec}, but where it is
 * asked what may be removed it counts as owned; the values of a map do not.
 */
final class DeclaredFields {

    private DeclaredFields() {}

    static FieldSet in(FieldType type, FieldSet set) {
        return FieldSet.node(false, below(type, set));
    }

    private static Map<PathElement, FieldSet> below(FieldType type, FieldSet set) {
        Map<PathElement, FieldSet> below = new HashMap<>();
        for (PathElement step : set.elements()) {
            FieldSet child = set.below(step);
            Map<PathElement, FieldSet> inner = below(type.at(step), child);
            boolean leads = !inner.isEmpty() && step instanceof PathElement.Name(String name) && type.declares(name);
            below.put(step, FieldSet.node(child.member() || leads, inner));
        }
        return below;
    }
}
