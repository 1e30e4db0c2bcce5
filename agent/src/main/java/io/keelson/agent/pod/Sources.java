package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What pods refer to, as the watch brought it.
 *
 * @param configMaps by {@code namespace/name}
 * @param secrets by {@code namespace/name}
 * @param services of all namespaces
 */
public record Sources(Map<String, ConfigMap> configMaps, Map<String, Secret> secrets, List<Service> services) {
    public static final Sources NONE = new Sources(Map.of(), Map.of(), List.of());

    public Sources {
        configMaps = Map.copyOf(configMaps);
        secrets = Map.copyOf(secrets);
        services = List.copyOf(services);
    }

    /** The keys and values of a ConfigMap, binary ones included; empty if there is no such object. */
    public Optional<Map<String, byte[]>> configMap(String namespace, String name) {
        return Optional.ofNullable(configMaps.get(namespace + "/" + name)).map(c -> {
            var data = new TreeMap<String, byte[]>();
            if (c.getData() != null) {
                c.getData().forEach((k, v) -> data.put(k, v.getBytes(StandardCharsets.UTF_8)));
            }
            decode(c.getBinaryData(), data);
            return data;
        });
    }

    /** The same of a Secret, decoded. */
    public Optional<Map<String, byte[]>> secret(String namespace, String name) {
        return Optional.ofNullable(secrets.get(namespace + "/" + name)).map(s -> {
            var data = new TreeMap<String, byte[]>();
            decode(s.getData(), data);
            return data;
        });
    }

    /** Text of a value for an environment variable; empty if it is no UTF-8. */
    static Optional<String> text(byte[] value) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private static void decode(Map<String, String> base64, Map<String, byte[]> into) {
        if (base64 != null) {
            base64.forEach((k, v) -> into.put(k, Base64.getDecoder().decode(v)));
        }
    }
}
