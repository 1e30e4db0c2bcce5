package io.keelson.orchestrator.admit;

import io.keelson.orchestrator.kind.ApiAccess;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.registry.Given;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The volume by which a pod comes to the API: a token of its account, the certificates by which it knows the server, and the name of its
 * namespace. Rules and values are those of Kubernetes' plugin ServiceAccount.
 */
final class TokenVolume {

    /** An hour, and a little more, by which such tokens can be told from those that somebody asked for. */
    private static final int SECONDS = 3607;

    private static final int MODE = 0644;

    private TokenVolume() {}

    /** Whether a pod wants one: it says so itself, or its account does; by itself it does. */
    static boolean wanted(ObjectNode pod, Optional<ObjectNode> account) {
        return said(pod.path("spec"))
                .or(() -> account.flatMap(TokenVolume::said))
                .orElse(true);
    }

    private static Optional<Boolean> said(JsonNode by) {
        return Json.at(by, "automountServiceAccountToken").map(said -> said.asBoolean(true));
    }

    /** Mounts it in all containers and init containers that have nothing at its place yet. */
    static void mount(ObjectNode pod) {
        ObjectNode spec = Json.child(pod, "spec");
        Optional<String> present = Json.items(spec, "volumes").stream()
                .map(volume -> volume.path("name").asString(""))
                .filter(name -> name.startsWith(ApiAccess.VOLUME))
                .findFirst();
        String name = present.orElseGet(() -> ApiAccess.VOLUME + suffix(pod));
        boolean first = mount(spec, "initContainers", name);
        boolean later = mount(spec, "containers", name);
        if ((first || later) && present.isEmpty()) {
            list(spec, "volumes").add(volume(name));
        }
    }

    private static boolean mount(ObjectNode spec, String field, String name) {
        boolean mounted = false;
        for (JsonNode container : Json.items(spec, field)) {
            boolean taken = Json.items(container, "volumeMounts").stream()
                    .anyMatch(mount -> mount.path("mountPath").asString("").equals(ApiAccess.MOUNT_PATH));
            // What is no container is refused later, by the pod's own rules.
            if (!taken && container instanceof ObjectNode untouched) {
                list(untouched, "volumeMounts")
                        .addObject()
                        .put("name", name)
                        .put("readOnly", true)
                        .put("mountPath", ApiAccess.MOUNT_PATH);
                mounted = true;
            }
        }
        return mounted;
    }

    private static ArrayNode list(ObjectNode in, String field) {
        return in.get(field) instanceof ArrayNode list ? list : in.putArray(field);
    }

    private static ObjectNode volume(String name) {
        ObjectNode volume = Json.object().put("name", name);
        ObjectNode projected = Json.child(volume, "projected");
        ArrayNode sources = projected.putArray("sources");
        Json.child(sources.addObject(), "serviceAccountToken")
                .put("expirationSeconds", SECONDS)
                .put("path", "token");
        Json.child(sources.addObject(), "configMap")
                .put("name", ApiAccess.ROOT_CA)
                .putArray("items")
                .addObject()
                .put("key", ApiAccess.ROOT_CA_KEY)
                .put("path", "ca.crt");
        ObjectNode namespace = Json.child(sources.addObject(), "downwardAPI")
                .putArray("items")
                .addObject()
                .put("path", "namespace");
        Json.child(namespace, "fieldRef").put("apiVersion", "v1").put("fieldPath", "metadata.namespace");
        projected.put("defaultMode", MODE);
        return volume;
    }

    /** Of the uid, which is random, so that whoever is asked twice about one pod says the same. */
    private static String suffix(ObjectNode pod) {
        String letters = Given.SUFFIX_CHARACTERS;
        long rest = Json.string(pod, "metadata", "uid")
                        .orElse("")
                        .chars()
                        .asLongStream()
                        .reduce(7, (hash, letter) -> hash * 31 + letter)
                & Long.MAX_VALUE;
        StringBuilder suffix = new StringBuilder();
        for (int i = 0; i < Given.SUFFIX_LENGTH; i++) {
            suffix.append(letters.charAt((int) (rest % letters.length())));
            rest /= letters.length();
        }
        return suffix.toString();
    }
}
