package io.keelson.orchestrator.model;

import java.util.List;

/**
 * A kind as clients know it.
 *
 * @param root the path of its group and version
 * @param stored where the store has its objects
 * @param fields what objects can be selected by besides name and namespace; each with what an absent one counts as
 */
record Row(
        String root,
        String apiVersion,
        String kind,
        String resource,
        boolean namespaced,
        String stored,
        List<Field> fields) {

    /** A field that a selector may name. */
    record Field(String path, String absent) {}

    static final Row CONFIG_MAPS =
            new Row("/api/v1", "v1", "ConfigMap", "configmaps", true, "/registry/core/configmaps/", List.of());
    static final Row PODS = new Row(
            "/api/v1",
            "v1",
            "Pod",
            "pods",
            true,
            "/registry/core/pods/",
            List.of(
                    new Field("spec.nodeName", ""),
                    new Field("status.phase", ""),
                    new Field("spec.restartPolicy", "")));
    static final Row NODES = new Row(
            "/api/v1",
            "v1",
            "Node",
            "nodes",
            false,
            "/registry/core/nodes/",
            List.of(new Field("spec.unschedulable", "false")));
    static final Row WIDGETS = new Row(
            "/apis/model.example.com/v1",
            "model.example.com/v1",
            "Widget",
            "widgets",
            true,
            "/registry/model.example.com/widgets/",
            List.of(new Field("spec.size", "")));

    static final List<Row> ALL = List.of(CONFIG_MAPS, PODS, NODES, WIDGETS);

    /** The definition of {@link #WIDGETS}. */
    static final String WIDGET_DEFINITION = """
            {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
             "metadata": {"name": "widgets.model.example.com"},
             "spec": {"group": "model.example.com", "scope": "Namespaced", "names": {"plural": "widgets", "kind": "Widget"},
               "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                 "selectableFields": [{"jsonPath": ".spec.size"}],
                 "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                   "spec": {"type": "object", "properties": {"size": {"type": "string"}}},
                   "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}]}}""";

    /** Where objects are listed; an empty namespace is all. */
    String path(String namespace) {
        return namespace.isEmpty() ? root + "/" + resource : root + "/namespaces/" + namespace + "/" + resource;
    }
}
