package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.pod.Sources;
import io.keelson.agent.runtime.RegistryLogin;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Finds, in a pod's imagePullSecrets, the login for an image's registry. */
final class RegistryLogins {
    private static final JsonMapper JSON = JsonMapper.shared();

    private RegistryLogins() {}

    static Optional<RegistryLogin> find(DesiredPod pod, Sources sources, String image) {
        var registry = registry(image);
        var secrets = pod.spec().getImagePullSecrets();
        for (var ref : secrets == null ? List.<LocalObjectReference>of() : secrets) {
            var data = sources.secret(pod.id().namespace(), ref.getName());
            var config = data.flatMap(d -> Optional.ofNullable(d.get(".dockerconfigjson")));
            var login = config.flatMap(c -> login(c, registry));
            if (login.isPresent()) {
                return login;
            }
        }
        return Optional.empty();
    }

    private static Optional<RegistryLogin> login(byte[] config, String registry) {
        try {
            for (var entry : JSON.readTree(config).path("auths").properties()) {
                var server = entry.getKey().replaceFirst("^https?://", "").replaceFirst("/.*$", "");
                if (server.equals(registry) || (registry.equals("docker.io") && server.equals("index.docker.io"))) {
                    return Optional.of(login(server, entry.getValue()));
                }
            }
        } catch (JacksonException | IllegalArgumentException e) {
            // The API checks such secrets; one that is damaged all the same is as good as none: the registry will
            // refuse.
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static RegistryLogin login(String server, JsonNode auth) {
        if (auth.path("auth").isString()) {
            var pair = new String(Base64.getDecoder().decode(auth.path("auth").asString()), StandardCharsets.UTF_8);
            int colon = Math.max(0, pair.indexOf(':'));
            return new RegistryLogin(
                    server, pair.substring(0, colon), pair.substring(Math.min(colon + 1, pair.length())));
        }
        return new RegistryLogin(
                server,
                auth.path("username").asString(""),
                auth.path("password").asString(""));
    }

    private static String registry(String image) {
        int slash = image.indexOf('/');
        var first = slash < 0 ? "" : image.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost") ? first : "docker.io";
    }
}
