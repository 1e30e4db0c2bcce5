package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVarSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A container's environment: services, then envFrom, then env; a later name wins. */
public final class Environment {
    private final DesiredPod pod;
    private final Container container;
    private final Sources sources;
    private final NodeFacts node;
    private final String podIp;

    private Environment(DesiredPod pod, Container container, Sources sources, NodeFacts node, String podIp) {
        this.pod = pod;
        this.container = container;
        this.sources = sources;
        this.node = node;
        this.podIp = podIp;
    }

    /** All variables, in order. Throws with the missing object or key named. */
    public static Map<String, String> of(
            DesiredPod pod, Container container, Sources sources, NodeFacts node, String podIp) throws ConfigProblem {
        return new Environment(pod, container, sources, node, podIp).resolve();
    }

    private Map<String, String> resolve() throws ConfigProblem {
        var variables = new LinkedHashMap<String, String>(ServiceEnvironment.of(pod, sources.services()));
        for (var from : DesiredPod.list(container.getEnvFrom())) {
            var prefix = Objects.requireNonNullElse(from.getPrefix(), "");
            if (from.getConfigMapRef() != null) {
                var ref = from.getConfigMapRef();
                addAll(data("configmap", ref.getName(), ref.getOptional()), prefix, variables);
            } else if (from.getSecretRef() != null) {
                var ref = from.getSecretRef();
                addAll(data("secret", ref.getName(), ref.getOptional()), prefix, variables);
            }
        }
        for (var env : DesiredPod.list(container.getEnv())) {
            if (env.getValueFrom() != null) {
                from(env.getName(), env.getValueFrom()).ifPresent(value -> variables.put(env.getName(), value));
            } else {
                var value = Objects.requireNonNullElse(env.getValue(), "");
                variables.put(env.getName(), Expansion.expand(value, variables));
            }
        }
        return variables;
    }

    private Optional<String> from(String name, EnvVarSource source) throws ConfigProblem {
        if (source.getConfigMapKeyRef() != null) {
            var ref = source.getConfigMapKeyRef();
            return key("configmap", "ConfigMap", ref.getName(), ref.getKey(), ref.getOptional());
        }
        if (source.getSecretKeyRef() != null) {
            var ref = source.getSecretKeyRef();
            return key("secret", "Secret", ref.getName(), ref.getKey(), ref.getOptional());
        }
        if (source.getFieldRef() != null) {
            return Optional.of(DownwardApi.field(pod, source.getFieldRef().getFieldPath(), node, podIp));
        }
        if (source.getResourceFieldRef() != null) {
            return Optional.of(DownwardApi.resource(pod, container, source.getResourceFieldRef(), node));
        }
        throw new ConfigProblem("env \"" + name + "\": valueFrom names no source that this node knows");
    }

    private Optional<String> key(String resource, String kind, String object, String key, Boolean optional)
            throws ConfigProblem {
        var data = data(resource, object, optional);
        if (data.isEmpty()) {
            return Optional.empty();
        }
        var value = data.get().get(key);
        if (value == null) {
            if (Boolean.TRUE.equals(optional)) {
                return Optional.empty();
            }
            throw new ConfigProblem(
                    "couldn't find key " + key + " in " + kind + " " + pod.id().namespace() + "/" + object);
        }
        var text = Sources.text(value);
        if (text.isEmpty()) {
            throw new ConfigProblem("key " + key + " in " + kind + " "
                    + pod.id().namespace() + "/" + object + " is not UTF-8 text and cannot be an environment variable");
        }
        return text;
    }

    private Optional<Map<String, byte[]>> data(String resource, String name, Boolean optional) throws ConfigProblem {
        var namespace = pod.id().namespace();
        var found = resource.equals("secret") ? sources.secret(namespace, name) : sources.configMap(namespace, name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new ConfigProblem(resource + " \"" + name + "\" not found");
        }
        return found;
    }

    private static void addAll(Optional<Map<String, byte[]>> data, String prefix, Map<String, String> variables) {
        data.ifPresent(all -> all.forEach((key, value) -> {
            // Keys that cannot be variables are left out, as Kubernetes does.
            if (!key.isEmpty() && key.indexOf('=') < 0) {
                Sources.text(value).ifPresent(text -> variables.put(prefix + key, text));
            }
        }));
    }
}
