package io.keelson.orchestrator.kind;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Pods and what templates for pods say. */
final class PodValidation {

    static final Set<String> TAINT_EFFECTS = Set.of("NoExecute", "NoSchedule", "PreferNoSchedule");

    private static final Set<String> DNS_POLICIES =
            Set.of("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None");

    private static final String GATES = "schedulingGates";
    private static final String EPHEMERAL = "ephemeralContainers";

    private PodValidation() {}

    static void pod(Optional<ObjectNode> live, ObjectNode pod, Causes causes) {
        Optional<JsonNode> spec = Json.at(pod, "spec").filter(JsonNode::isObject);
        if (spec.isEmpty()) {
            causes.required("spec");
            return;
        }
        spec(spec.get(), "spec", causes);
        if (live.isEmpty() && !Json.items(spec.get(), EPHEMERAL).isEmpty()) {
            causes.add(Cause.forbidden("spec." + EPHEMERAL, "cannot be set on create"));
        }
        live.ifPresent(stored -> gates(stored, spec.get(), causes));
        live.flatMap(stored -> Json.at(stored, "spec"))
                .filter(before -> !before.equals(spec.get())
                        && !withoutMutable(before, before).equals(withoutMutable(spec.get(), before)))
                .ifPresent(before -> causes.add(Cause.forbidden(
                        "spec",
                        "pod updates may not change fields other than `spec.containers[*].image`,"
                                + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only"
                                + " additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to"
                                + " be set to 1 if it was previously negative)")));
    }

    /** A spec without what may change. A node is named by a Binding, and not by an update. */
    private static ObjectNode withoutMutable(JsonNode spec, JsonNode before) {
        ObjectNode rest = (ObjectNode) spec.deepCopy();
        rest.remove(List.of("activeDeadlineSeconds", GATES));
        for (String list : List.of("containers", "initContainers")) {
            Json.items(rest, list).forEach(container -> {
                if (container instanceof ObjectNode object) {
                    object.remove("image");
                }
            });
        }
        if (rest.get("tolerations") instanceof ArrayNode tolerations) {
            List<JsonNode> known = Json.items(before, "tolerations");
            ArrayNode kept = Json.array();
            tolerations.forEach(toleration -> {
                if (known.contains(toleration)) {
                    kept.add(toleration);
                }
            });
            rest.set("tolerations", kept);
        }
        return rest;
    }

    /** Gates go one by one, and none comes. */
    private static void gates(ObjectNode live, JsonNode spec, Causes causes) {
        List<JsonNode> before = Json.items(live, "spec", GATES);
        Json.items(spec, GATES).stream()
                .filter(gate -> !before.contains(gate))
                .forEach(gate -> causes.add(Cause.forbidden(
                        "spec." + GATES,
                        "only deletion is allowed, but found new scheduling gate '"
                                + Json.string(gate, "name").orElse("") + "'")));
    }

    /** What pods are made from. */
    static void template(JsonNode spec, String path, Causes causes) {
        spec(spec, path, causes);
        if (!Json.items(spec, EPHEMERAL).isEmpty()) {
            causes.add(Cause.forbidden(path + "." + EPHEMERAL, "ephemeral containers not allowed in pod template"));
        }
    }

    private static void spec(JsonNode spec, String path, Causes causes) {
        Set<String> volumes = volumes(spec, path, causes);
        List<JsonNode> containers = Json.items(spec, "containers");
        if (containers.isEmpty()) {
            causes.required(path + ".containers");
        }
        Set<String> names = new HashSet<>();
        ContainerValidation validation = new ContainerValidation(volumes, causes);
        List<JsonNode> initContainers = Json.items(spec, "initContainers");
        for (int i = 0; i < initContainers.size(); i++) {
            String where = path + ".initContainers[" + i + "]";
            validation.container(initContainers.get(i), where, names);
            validation.initContainer(initContainers.get(i), where);
        }
        for (int i = 0; i < containers.size(); i++) {
            validation.container(containers.get(i), path + ".containers[" + i + "]", names);
        }
        Set<String> lasting = Set.copyOf(names);
        List<JsonNode> ephemeral = Json.items(spec, EPHEMERAL);
        for (int i = 0; i < ephemeral.size(); i++) {
            String where = path + "." + EPHEMERAL + "[" + i + "]";
            validation.container(ephemeral.get(i), where, names);
            validation.ephemeralContainer(ephemeral.get(i), where, lasting);
        }
        causes.oneOf(spec, path, "restartPolicy", Set.of("Always", "Never", "OnFailure"));
        causes.oneOf(spec, path, "dnsPolicy", DNS_POLICIES);
        causes.atLeast(spec, path, "terminationGracePeriodSeconds", 0);
        causes.atLeast(spec, path, "activeDeadlineSeconds", 1);
        causes.labels(spec, path, "nodeSelector");
        for (String field : List.of("nodeName", "serviceAccountName", "schedulerName", "priorityClassName")) {
            Json.string(spec, field)
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name -> causes.invalid(path + "." + field, name, Names.dns1123SubdomainProblems(name)));
        }
        for (String field : List.of("hostname", "subdomain")) {
            Json.string(spec, field)
                    .filter(name -> !name.isEmpty())
                    .ifPresent(name -> causes.invalid(path + "." + field, name, Names.dns1123LabelProblems(name)));
        }
        tolerations(spec, path, causes);
        hostAliases(spec, path, causes);
        topologySpread(spec, path, causes);
    }

    private static Set<String> volumes(JsonNode spec, String path, Causes causes) {
        Set<String> names = new HashSet<>();
        int i = 0;
        for (JsonNode volume : Json.items(spec, "volumes")) {
            String where = path + ".volumes[" + i++ + "]";
            if (causes.present(volume, where, "name")) {
                String name = Json.string(volume, "name").orElse("");
                causes.invalid(where + ".name", name, Names.dns1123LabelProblems(name));
                if (!names.add(name)) {
                    causes.add(Cause.duplicate(where + ".name", Causes.quoted(name)));
                }
            }
            List<String> sources = volume.properties().stream()
                    .filter(field ->
                            !field.getKey().equals("name") && field.getValue().isObject())
                    .map(Map.Entry::getKey)
                    .toList();
            if (sources.isEmpty()) {
                causes.add(Cause.required(where, "must specify a volume type"));
            } else if (sources.size() > 1) {
                causes.add(Cause.forbidden(where + "." + sources.getLast(), "may not specify more than 1 volume type"));
            }
            volumeSource(volume, where, causes);
        }
        return names;
    }

    private static void volumeSource(JsonNode volume, String where, Causes causes) {
        Json.at(volume, "configMap").ifPresent(source -> causes.present(source, where + ".configMap", "name"));
        Json.at(volume, "secret").ifPresent(source -> causes.present(source, where + ".secret", "secretName"));
        Json.at(volume, "hostPath").ifPresent(source -> causes.present(source, where + ".hostPath", "path"));
        Json.at(volume, "persistentVolumeClaim")
                .ifPresent(source -> causes.present(source, where + ".persistentVolumeClaim", "claimName"));
        for (String source : List.of("configMap", "secret")) {
            int i = 0;
            for (JsonNode item : Json.items(volume, source, "items")) {
                String path = where + "." + source + ".items[" + i++ + "]";
                causes.present(item, path, "key");
                if (causes.present(item, path, "path")) {
                    relative(item, path, "path", causes);
                }
            }
        }
    }

    /** A path within something, which may not lead out of it. */
    static void relative(JsonNode parent, String path, String field, Causes causes) {
        String text = Json.string(parent, field).orElse("");
        if (text.startsWith("/")) {
            causes.add(Cause.invalid(path + "." + field, Causes.quoted(text), "must be a relative path"));
        }
        if (List.of(text.split("/", -1)).contains("..")) {
            causes.add(Cause.invalid(path + "." + field, Causes.quoted(text), "must not contain '..'"));
        }
    }

    private static void tolerations(JsonNode spec, String path, Causes causes) {
        int i = 0;
        for (JsonNode toleration : Json.items(spec, "tolerations")) {
            String where = path + ".tolerations[" + i++ + "]";
            String key = Json.string(toleration, "key").orElse("");
            String operator = Json.string(toleration, "operator").orElse("");
            causes.oneOf(toleration, where, "operator", Set.of("", "Equal", "Exists", "Gt", "Lt"));
            causes.oneOf(toleration, where, "effect", Set.of("", "NoExecute", "NoSchedule", "PreferNoSchedule"));
            if (!key.isEmpty()) {
                causes.invalid(where + ".key", key, Names.qualifiedNameProblems(key));
            } else if (!operator.equals("Exists")) {
                causes.add(Cause.invalid(
                        where + ".operator",
                        Causes.quoted(operator),
                        "operator must be Exists when `key` is empty, which means \"match all values and all keys\""));
            }
            boolean valued = !Json.string(toleration, "value").orElse("").isEmpty();
            if (operator.equals("Exists") && valued) {
                causes.invalid(where + ".operator", toleration, "value must be empty when `operator` is 'Exists'");
            }
            boolean evicts = Json.string(toleration, "effect").orElse("").equals("NoExecute");
            if (toleration.has("tolerationSeconds") && !evicts) {
                causes.add(Cause.invalid(
                        where + ".effect",
                        Causes.quoted(Json.string(toleration, "effect").orElse("")),
                        "effect must be 'NoExecute' when `tolerationSeconds` is set"));
            }
        }
    }

    private static void hostAliases(JsonNode spec, String path, Causes causes) {
        int i = 0;
        for (JsonNode alias : Json.items(spec, "hostAliases")) {
            String where = path + ".hostAliases[" + i++ + "]";
            String ip = Json.string(alias, "ip").orElse("");
            if (IpText.of(ip).isEmpty()) {
                causes.add(Cause.invalid(where + ".ip", Causes.quoted(ip), "must be valid IP address"));
            }
            for (JsonNode host : Json.items(alias, "hostnames")) {
                String name = host.asString("");
                causes.invalid(where + ".hostnames", name, Names.dns1123SubdomainProblems(name));
            }
        }
    }

    private static void topologySpread(JsonNode spec, String path, Causes causes) {
        int i = 0;
        for (JsonNode constraint : Json.items(spec, "topologySpreadConstraints")) {
            String where = path + ".topologySpreadConstraints[" + i++ + "]";
            causes.atLeast(constraint, where, "maxSkew", 1);
            if (!constraint.has("maxSkew")) {
                causes.required(where + ".maxSkew");
            }
            if (causes.present(constraint, where, "topologyKey")) {
                String key = Json.string(constraint, "topologyKey").orElse("");
                causes.invalid(where + ".topologyKey", key, Names.qualifiedNameProblems(key));
            }
            if (causes.present(constraint, where, "whenUnsatisfiable")) {
                causes.oneOf(constraint, where, "whenUnsatisfiable", Set.of("DoNotSchedule", "ScheduleAnyway"));
            }
            Json.at(constraint, "labelSelector")
                    .ifPresent(selector -> WorkloadValidation.selector(selector, where + ".labelSelector", causes));
        }
    }
}
