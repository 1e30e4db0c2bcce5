package io.keelson.orchestrator.fields;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Shape.Struct;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an object has before anybody has set a field: the containers that are there in every object of its kind, and so are no one's. In Kubernetes
 * these are the fields of its Go types that are written though they are empty.
 */
final class Skeleton {

    private static final List<String> CONTAINERS =
            List.of("jobTemplate", "metadata", "source", "spec", "status", "strategy", "template", "updateStrategy");

    /** The list of a pod's containers, which alone of all lists that are divided is written though it is empty. */
    private static final String OF_A_POD = "containers";

    private Skeleton() {}

    static ObjectNode of(FieldType type, Write write) {
        return write.custom() ? Json.object() : of(type);
    }

    private static ObjectNode of(FieldType type) {
        ObjectNode skeleton = Json.object();
        for (String name : CONTAINERS) {
            FieldType member = type.member(name);
            if (type.declares(name) && member.shape() instanceof Struct && member.divides(skeleton)) {
                skeleton.set(name, of(member));
            }
        }
        if (type.declares(OF_A_POD)) {
            skeleton.putArray(OF_A_POD);
        }
        return skeleton;
    }
}
