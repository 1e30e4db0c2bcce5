package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Whether an object makes sense: required fields, syntax of names, ranges, and fields that may not change. The wording is
 * Kubernetes'. Types are the business of {@link Schema}: a field of a wrong type is skipped here.
 */
public final class Validation {

    private Validation() {}

    /**
     * What is wrong with an object that has its default values already.
     *
     * @param live the object as it is stored, for an update; empty for a create
     * @param incoming the object as it shall be
     * @return nothing if the object is valid; else every reason, for a Status of code 422
     */
    public static List<Cause> validate(Kind kind, Optional<ObjectNode> live, ObjectNode incoming) {
        Causes causes = new Causes();
        MetadataValidation.validate(kind, incoming, causes);
        kind.strategy().check().check(live, incoming, causes);
        return causes.found();
    }
}
