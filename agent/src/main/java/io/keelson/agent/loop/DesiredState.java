package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.keelson.agent.loop.ControlPlane.Change;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.pod.Sources;
import io.keelson.agent.proxy.ServiceTable;
import io.keelson.agent.proxy.ServiceTables;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that the control plane has told this node. Filled by the watch, read by everybody; while the control plane is away it simply stays as it
 * is. A new watch begins with everything again: what it has not mentioned by SYNCED is gone.
 */
final class DesiredState {
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Map<String, DesiredPod> pods = new HashMap<>();
    private final Map<String, ConfigMap> configMaps = new HashMap<>();
    private final Map<String, Secret> secrets = new HashMap<>();
    private final Map<String, Service> services = new HashMap<>();
    private final Map<String, EndpointSlice> slices = new HashMap<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final Set<String> mentioned = new HashSet<>();
    private boolean syncing = true;
    private boolean synced;

    /**
     * What a change concerns.
     *
     * @param podUids pods to look at
     * @param services services or endpoints have changed
     * @param nodes other nodes have changed
     * @param synced the first complete picture is there, or a new one
     */
    record Touched(Set<String> podUids, boolean services, boolean nodes, boolean synced) {
        private static Touched pods(Set<String> uids) {
            return new Touched(uids, false, false, false);
        }

        private static final Touched NOTHING = pods(Set.of());
    }

    /** A new watch begins. */
    synchronized void watchBegins() {
        mentioned.clear();
        syncing = true;
    }

    /** Takes one message of the watch in. */
    synchronized Touched apply(Change change) {
        return switch (change) {
            case Change.Set set -> {
                var key = set.namespace() + "/" + set.name();
                if (syncing) {
                    mentioned.add(set.resource() + " " + key);
                }
                yield set(set, key);
            }
            case Change.Gone gone -> remove(gone.resource(), gone.namespace() + "/" + gone.name(), gone.namespace());
            case Change.Synced ignored -> {
                syncing = false;
                var touched = forgetUnmentioned();
                synced = true;
                yield new Touched(touched, true, true, true);
            }
            case Change.Bookmark ignored -> Touched.NOTHING;
        };
    }

    private Touched set(Change.Set set, String key) {
        return switch (set.resource()) {
            case "pods" -> {
                var pod = new DesiredPod(read(set, Pod.class));
                var before = Optional.ofNullable(pods.put(key, pod));
                var uids = new HashSet<>(Set.of(pod.id().uid()));
                before.ifPresent(b -> uids.add(b.id().uid()));
                yield Touched.pods(uids);
            }
            case "configmaps" -> {
                configMaps.put(key, read(set, ConfigMap.class));
                yield Touched.pods(podsIn(set.namespace()));
            }
            case "secrets" -> {
                secrets.put(key, read(set, Secret.class));
                yield Touched.pods(podsIn(set.namespace()));
            }
            case "services" -> {
                services.put(key, read(set, Service.class));
                yield new Touched(Set.of(), true, false, false);
            }
            case "endpointslices" -> {
                slices.put(key, read(set, EndpointSlice.class));
                yield new Touched(Set.of(), true, false, false);
            }
            case "nodes" -> {
                nodes.put(key, read(set, Node.class));
                yield new Touched(Set.of(), false, true, false);
            }
            // A newer server may tell of more than this agent knows.
            default -> Touched.NOTHING;
        };
    }

    private Touched remove(String resource, String key, String namespace) {
        return switch (resource) {
            case "pods" ->
                Touched.pods(Optional.ofNullable(pods.remove(key))
                        .map(p -> Set.of(p.id().uid()))
                        .orElse(Set.of()));
            case "configmaps" -> {
                configMaps.remove(key);
                yield Touched.pods(podsIn(namespace));
            }
            case "secrets" -> {
                secrets.remove(key);
                yield Touched.pods(podsIn(namespace));
            }
            case "services" -> {
                services.remove(key);
                yield new Touched(Set.of(), true, false, false);
            }
            case "endpointslices" -> {
                slices.remove(key);
                yield new Touched(Set.of(), true, false, false);
            }
            case "nodes" -> {
                nodes.remove(key);
                yield new Touched(Set.of(), false, true, false);
            }
            default -> Touched.NOTHING;
        };
    }

    private Set<String> forgetUnmentioned() {
        var touched = new HashSet<String>();
        pods.entrySet().removeIf(e -> {
            boolean gone = !mentioned.contains("pods " + e.getKey());
            if (gone) {
                touched.add(e.getValue().id().uid());
            }
            return gone;
        });
        configMaps.keySet().removeIf(k -> !mentioned.contains("configmaps " + k));
        secrets.keySet().removeIf(k -> !mentioned.contains("secrets " + k));
        services.keySet().removeIf(k -> !mentioned.contains("services " + k));
        slices.keySet().removeIf(k -> !mentioned.contains("endpointslices " + k));
        nodes.keySet().removeIf(k -> !mentioned.contains("nodes " + k));
        mentioned.clear();
        pods.values().forEach(p -> touched.add(p.id().uid()));
        return touched;
    }

    private Set<String> podsIn(String namespace) {
        var uids = new HashSet<String>();
        pods.values().stream().filter(p -> p.id().namespace().equals(namespace)).forEach(p -> uids.add(p.id().uid()));
        return uids;
    }

    private static <T extends HasMetadata> T read(Change.Set set, Class<T> type) {
        var object = JSON.readValue(set.json(), type);
        if (object.getMetadata() == null) {
            throw new IllegalArgumentException(
                    set.resource() + " " + set.namespace() + "/" + set.name() + ": no metadata");
        }
        return object;
    }

    /** Whether a complete picture has been there once: before that, what is not known may well be wanted. */
    synchronized boolean synced() {
        return synced;
    }

    synchronized Optional<DesiredPod> pod(String uid) {
        return pods.values().stream().filter(p -> p.id().uid().equals(uid)).findFirst();
    }

    synchronized List<DesiredPod> pods() {
        return List.copyOf(pods.values());
    }

    synchronized Sources sources() {
        return new Sources(configMaps, secrets, List.copyOf(services.values()));
    }

    synchronized ServiceTable serviceTable(String node) {
        return ServiceTables.compute(services.values(), slices.values(), node);
    }

    synchronized List<Node> nodes() {
        return List.copyOf(nodes.values());
    }
}
