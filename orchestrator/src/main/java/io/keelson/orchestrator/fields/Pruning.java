package io.keelson.orchestrator.fields;

import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** What goes because its last applier does not apply it any more. */
final class Pruning {

    private Pruning() {}

    /**
     * The merged object without what the manager applied last and does not apply now, unless somebody owns it.
     *
     * @param last what the manager owned by its last apply
     * @param applied what it applies now
     * @param owned what anybody owns, the manager's new fields included
     */
    static ObjectNode prune(
            FieldType type, ObjectNode merged, FieldSet last, FieldSet applied, Supplier<FieldSet> owned) {
        if (last.difference(applied).isEmpty()) {
            return merged;
        }
        FieldSet dropped = DeclaredFields.in(type, last);
        FieldSet all = fields(type, merged);
        // With a field go its parts, also those that somebody owns: these come back.
        FieldSet pruned = fields(type, Removing.without(type, merged, dropped));
        FieldSet ownedByAnybody = pruned.union(DeclaredFields.in(type, owned.get()));
        FieldSet kept = fields(type, Removing.without(type, merged, all.difference(ownedByAnybody)));
        // And so do parts that nobody owns, as far as they were not applied by this manager.
        return Removing.without(type, merged, all.difference(kept).intersection(dropped));
    }

    private static FieldSet fields(FieldType type, ObjectNode object) {
        return DeclaredFields.in(type, Mentioned.in(type, object));
    }
}
