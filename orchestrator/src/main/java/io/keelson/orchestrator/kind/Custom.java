package io.keelson.orchestrator.kind;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** What the row of a kind has that is defined at run time, by a CustomResourceDefinition. */
public interface Custom {

    /** Key of the definition in the store. */
    String definitionKey();

    /** Revision of the definition that this row was made of. */
    long definitionRevision();

    /** Whether the definition is to go: then no objects are made any more. */
    boolean terminating();

    /** Fields of an object that are not specified. */
    List<FieldError> unknownFields(ObjectNode object);

    /** A stored object, in the version of this row, as it is shown: without what is not specified any more, with new defaults. */
    ObjectNode shown(ObjectNode object);

    /** The schema of an object, in the form of OpenAPI; may be changed by the caller. */
    ObjectNode openApi();

    /** What to tell who uses this version; empty if it is not deprecated. */
    Optional<String> deprecationWarning();

    /** How the subresource scale reads and writes an object; empty if there is none. */
    Optional<ScaleAccess> scale();

    /** The number of replicas within an object. */
    interface ScaleAccess {

        /** How many are wished; 0 if the object does not say. */
        long wished(ObjectNode object);

        /** How many there are; 0 if the object does not say. */
        long present(ObjectNode object);

        /** The selector of their pods, as text; empty if there is none. */
        Optional<String> selector(ObjectNode object);

        /** Changes how many are wished. */
        void wish(ObjectNode object, int replicas);
    }
}
