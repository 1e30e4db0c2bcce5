package io.keelson.orchestrator.kind;

import tools.jackson.databind.node.ObjectNode;

/** What happened to objects. */
final class EventValidation {

    private EventValidation() {}

    static void event(ObjectNode event, Causes causes) {
        Json.at(event, "involvedObject")
                .ifPresentOrElse(
                        involved -> {
                            String namespace =
                                    Json.string(involved, "namespace").orElse("");
                            String own =
                                    Json.string(event, "metadata", "namespace").orElse("");
                            // Events of objects without a namespace live in the default one.
                            if (!namespace.isEmpty() && !namespace.equals(own)) {
                                causes.add(Cause.invalid(
                                        "involvedObject.namespace",
                                        Causes.quoted(namespace),
                                        "does not match event.namespace"));
                            }
                        },
                        () -> causes.required("involvedObject"));
    }
}
