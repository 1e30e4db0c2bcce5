package io.keelson.orchestrator.rpc;

import com.google.protobuf.ByteString;
import io.keelson.orchestrator.api.RegistryChange;
import io.keelson.orchestrator.fields.ManagedFields;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.proto.v1.NodeWatchEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one node is told of each change. It remembers which pods the node has and which ConfigMaps and Secrets they name: those are looked
 * up when a pod first names them, and told before the pod.
 */
final class NodeFeed {

    /** Whose changes concern a node at all. */
    static final List<Kind> KINDS =
            List.of(Kinds.POD, Kinds.CONFIG_MAP, Kinds.SECRET, Kinds.SERVICE, Kinds.ENDPOINT_SLICE, Kinds.NODE);

    private final String node;
    private final Function<Ref, Optional<ObjectNode>> lookUp;
    private final Map<Ref, Set<Ref>> named = new HashMap<>();

    /**
     * A feed that has told nothing yet.
     *
     * @param lookUp the object as it is now; it may be newer than the change at hand, its own change then comes again
     */
    NodeFeed(String node, Function<Ref, Optional<ObjectNode>> lookUp) {
        this.node = node;
        this.lookUp = lookUp;
    }

    /** What to tell of one change, in this order. */
    List<NodeWatchEvent> changed(RegistryChange change) {
        Ref ref = change.ref();
        if (ref.kind().equals(Kinds.POD)) {
            return podChanged(change);
        }
        boolean config = ref.kind().equals(Kinds.CONFIG_MAP) || ref.kind().equals(Kinds.SECRET);
        if (config && named.values().stream().noneMatch(refs -> refs.contains(ref))) {
            return List.of();
        }
        return List.of(change.object()
                .map(object -> set(ref, object, change.revision()))
                .orElseGet(() -> gone(ref, change.revision())));
    }

    private List<NodeWatchEvent> podChanged(RegistryChange change) {
        Ref pod = change.ref();
        Optional<ObjectNode> here = change.object()
                .filter(object ->
                        Json.string(object, "spec", "nodeName").orElse("").equals(node));
        Set<Ref> before = allNamed();
        boolean known = named.containsKey(pod);
        if (here.isPresent()) {
            named.put(pod, configsOf(pod.namespace(), here.get()));
        } else {
            named.remove(pod);
        }
        Set<Ref> after = allNamed();
        List<NodeWatchEvent> events = new ArrayList<>();
        for (Ref config : after) {
            if (!before.contains(config)) {
                lookUp.apply(config).ifPresent(object -> events.add(set(config, object, change.revision())));
            }
        }
        if (here.isPresent()) {
            events.add(set(pod, here.get(), change.revision()));
        } else if (known) {
            events.add(gone(pod, change.revision()));
        }
        for (Ref config : before) {
            if (!after.contains(config)) {
                events.add(gone(config, change.revision()));
            }
        }
        return events;
    }

    private Set<Ref> allNamed() {
        Set<Ref> all = new HashSet<>();
        named.values().forEach(all::addAll);
        return all;
    }

    /** Every ConfigMap and Secret that a pod names, wherever. */
    private static Set<Ref> configsOf(String namespace, ObjectNode pod) {
        Set<Ref> refs = new HashSet<>();
        for (JsonNode volume : Json.items(pod, "spec", "volumes")) {
            add(refs, Kinds.CONFIG_MAP, namespace, Json.string(volume, "configMap", "name"));
            add(refs, Kinds.SECRET, namespace, Json.string(volume, "secret", "secretName"));
            for (JsonNode source : Json.items(volume, "projected", "sources")) {
                add(refs, Kinds.CONFIG_MAP, namespace, Json.string(source, "configMap", "name"));
                add(refs, Kinds.SECRET, namespace, Json.string(source, "secret", "name"));
            }
        }
        List<JsonNode> containers = new ArrayList<>(Json.items(pod, "spec", "initContainers"));
        containers.addAll(Json.items(pod, "spec", "containers"));
        for (JsonNode container : containers) {
            for (JsonNode from : Json.items(container, "envFrom")) {
                add(refs, Kinds.CONFIG_MAP, namespace, Json.string(from, "configMapRef", "name"));
                add(refs, Kinds.SECRET, namespace, Json.string(from, "secretRef", "name"));
            }
            for (JsonNode env : Json.items(container, "env")) {
                add(refs, Kinds.CONFIG_MAP, namespace, Json.string(env, "valueFrom", "configMapKeyRef", "name"));
                add(refs, Kinds.SECRET, namespace, Json.string(env, "valueFrom", "secretKeyRef", "name"));
            }
        }
        for (JsonNode secret : Json.items(pod, "spec", "imagePullSecrets")) {
            add(refs, Kinds.SECRET, namespace, Json.string(secret, "name"));
        }
        return refs;
    }

    private static void add(Set<Ref> refs, Kind kind, String namespace, Optional<String> name) {
        name.filter(text -> !text.isEmpty()).ifPresent(text -> refs.add(new Ref(kind, namespace, text)));
    }

    private static NodeWatchEvent set(Ref ref, ObjectNode object, long revision) {
        return about(ref, revision)
                .setType(NodeWatchEvent.Type.SET)
                .setObject(ByteString.copyFrom(Json.write(ManagedFields.without(object.deepCopy()))))
                .build();
    }

    private static NodeWatchEvent gone(Ref ref, long revision) {
        return about(ref, revision).setType(NodeWatchEvent.Type.GONE).build();
    }

    private static NodeWatchEvent.Builder about(Ref ref, long revision) {
        return NodeWatchEvent.newBuilder()
                .setResource(ref.kind().resource())
                .setNamespace(ref.namespace())
                .setName(ref.name())
                .setRevision(revision);
    }
}
