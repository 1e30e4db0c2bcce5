package io.keelson.orchestrator.http;

import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Subresource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What there is, for clients that ask before they act: in the old form, a document for each group and version, and in the new, one. */
final class Discovery {

    private final Map<String, Map<String, List<Kind>>> groups = new LinkedHashMap<>();

    Discovery(Kinds kinds) {
        for (Kind kind : kinds.all()) {
            groups.computeIfAbsent(kind.group(), _ -> new LinkedHashMap<>())
                    .computeIfAbsent(kind.version(), _ -> new ArrayList<>())
                    .add(kind);
        }
    }

    /** {@code /api}. */
    ObjectNode legacyCore() {
        ObjectNode versions = Json.object().put("kind", "APIVersions");
        versions.putArray("versions").add("v1");
        ObjectNode address = versions.putArray("serverAddressByClientCIDRs").addObject();
        address.put("clientCIDR", "0.0.0.0/0").put("serverAddress", "");
        return versions;
    }

    /** {@code /apis}. */
    ObjectNode legacyGroups() {
        ObjectNode list = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode all = list.putArray("groups");
        groups.keySet().stream().filter(group -> !group.isEmpty()).forEach(group -> all.add(group(group)));
        all.add(MetricsDoor.group());
        return list;
    }

    boolean has(String group) {
        return groups.containsKey(group);
    }

    /** {@code /apis/GROUP}. */
    ObjectNode legacyGroup(String group) {
        ObjectNode node = group(group);
        return node.put("kind", "APIGroup").put("apiVersion", "v1");
    }

    private ObjectNode group(String group) {
        ObjectNode node = Json.object().put("name", group);
        ArrayNode versions = node.putArray("versions");
        for (String version : groups.getOrDefault(group, Map.of()).keySet()) {
            versions.addObject().put("groupVersion", group + "/" + version).put("version", version);
        }
        node.set("preferredVersion", versions.get(0).deepCopy());
        return node;
    }

    boolean has(String group, String version) {
        return groups.getOrDefault(group, Map.of()).containsKey(version);
    }

    /** {@code /api/v1} and {@code /apis/GROUP/VERSION}. */
    ObjectNode legacyResources(String group, String version) {
        ObjectNode list = Json.object().put("kind", "APIResourceList").put("apiVersion", "v1");
        list.put("groupVersion", group.isEmpty() ? version : group + "/" + version);
        ArrayNode resources = list.putArray("resources");
        for (Kind kind : groups.getOrDefault(group, Map.of()).getOrDefault(version, List.of())) {
            ObjectNode resource = resources.addObject();
            resource.put("name", kind.resource())
                    .put("singularName", kind.singular())
                    .put("namespaced", kind.namespaced())
                    .put("kind", kind.kind());
            strings(resource, "verbs", kind.verbs());
            strings(resource, "shortNames", kind.shortNames());
            strings(resource, "categories", kind.categories());
            for (Subresource sub : Subresource.of(kind)) {
                ObjectNode entry = resources.addObject();
                entry.put("name", kind.resource() + "/" + sub.name())
                        .put("singularName", "")
                        .put("namespaced", kind.namespaced())
                        .put("kind", sub.kind());
                if (!sub.group().equals(group) || !sub.version().equals(version)) {
                    entry.put("group", sub.group()).put("version", sub.version());
                }
                strings(entry, "verbs", sub.verbs());
            }
        }
        return list;
    }

    /** {@code /api} or {@code /apis} in the new form. */
    ObjectNode aggregated(boolean core) {
        ObjectNode list =
                Json.object().put("kind", "APIGroupDiscoveryList").put("apiVersion", "apidiscovery.k8s.io/v2");
        list.set("metadata", Json.object());
        ArrayNode items = list.putArray("items");
        groups.forEach((group, versions) -> {
            if (group.isEmpty() == core) {
                items.add(aggregated(group, versions));
            }
        });
        if (!core) {
            items.add(MetricsDoor.aggregated());
        }
        return list;
    }

    private static ObjectNode aggregated(String group, Map<String, List<Kind>> versions) {
        ObjectNode item = Json.object();
        ObjectNode metadata = Json.child(item, "metadata");
        if (!group.isEmpty()) {
            metadata.put("name", group);
        }
        ArrayNode all = item.putArray("versions");
        versions.forEach((version, kinds) -> {
            ObjectNode entry = all.addObject().put("version", version);
            ArrayNode resources = entry.putArray("resources");
            kinds.forEach(kind -> resources.add(aggregated(kind)));
            entry.put("freshness", "Current");
        });
        return item;
    }

    private static ObjectNode aggregated(Kind kind) {
        ObjectNode entry = Json.object().put("resource", kind.resource());
        entry.set("responseKind", responseKind(kind.group(), kind.version(), kind.kind()));
        entry.put("scope", kind.namespaced() ? "Namespaced" : "Cluster").put("singularResource", kind.singular());
        strings(entry, "verbs", kind.verbs());
        strings(entry, "shortNames", kind.shortNames());
        strings(entry, "categories", kind.categories());
        List<Subresource> subresources = Subresource.of(kind);
        if (!subresources.isEmpty()) {
            ArrayNode list = entry.putArray("subresources");
            for (Subresource sub : subresources) {
                ObjectNode node = list.addObject().put("subresource", sub.name());
                node.set("responseKind", responseKind(sub.group(), sub.version(), sub.kind()));
                strings(node, "verbs", sub.verbs());
            }
        }
        return entry;
    }

    private static ObjectNode responseKind(String group, String version, String kind) {
        return Json.object().put("group", group).put("version", version).put("kind", kind);
    }

    private static void strings(ObjectNode into, String field, List<String> values) {
        if (!values.isEmpty()) {
            ArrayNode list = into.putArray(field);
            values.forEach(list::add);
        }
    }
}
