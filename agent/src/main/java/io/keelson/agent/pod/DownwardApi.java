package io.keelson.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ResourceFieldSelector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a pod may learn about itself: fieldRef and resourceFieldRef. */
public final class DownwardApi {
    private static final Pattern KEYED = Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)']");

    private DownwardApi() {}

    /** The value of a field, e.g. {@code metadata.name}, {@code metadata.labels['app']}, {@code status.podIP}. */
    public static String field(DesiredPod pod, String path, NodeFacts node, String podIp) throws ConfigProblem {
        var keyed = KEYED.matcher(path);
        if (keyed.matches()) {
            var map = keyed.group(1).equals("labels") ? pod.labels() : pod.annotations();
            return map.getOrDefault(keyed.group(2), "");
        }
        return switch (path) {
            case "metadata.name" -> pod.id().name();
            case "metadata.namespace" -> pod.id().namespace();
            case "metadata.uid" -> pod.id().uid();
            case "metadata.labels" -> lines(pod.labels());
            case "metadata.annotations" -> lines(pod.annotations());
            case "spec.nodeName" -> node.name();
            case "spec.serviceAccountName" ->
                Objects.requireNonNullElse(pod.spec().getServiceAccountName(), "default");
            case "status.hostIP", "status.hostIPs" -> node.address();
            case "status.podIP", "status.podIPs" -> podIp;
            default -> throw new ConfigProblem("fieldRef.fieldPath: \"" + path + "\" is not supported");
        };
    }

    /** The value of e.g. {@code limits.cpu}, divided and rounded up; a limit that is not set is what the node has. */
    public static String resource(DesiredPod pod, Container self, ResourceFieldSelector selector, NodeFacts node)
            throws ConfigProblem {
        var wanted = selector.getContainerName();
        var container = wanted == null || wanted.isEmpty()
                ? self
                : pod.container(wanted)
                        .orElseThrow(() -> new ConfigProblem(
                                "resourceFieldRef.containerName: container \"" + wanted + "\" not found"));
        var path = Objects.requireNonNullElse(selector.getResource(), "");
        var name = path.substring(path.indexOf('.') + 1);
        var given = path.startsWith("limits.")
                ? CgroupValues.limits(container)
                : path.startsWith("requests.") ? CgroupValues.requests(container) : null;
        if (given == null) {
            throw new ConfigProblem("resourceFieldRef.resource: \"" + path + "\" is not supported");
        }
        var quantity = given.get(name);
        BigDecimal value = quantity != null
                ? quantity.getNumericalAmount()
                : path.startsWith("requests.") ? BigDecimal.ZERO : node.allocatable(name);
        var divisor = selector.getDivisor();
        var by = divisor == null || divisor.getNumericalAmount().signum() == 0
                ? BigDecimal.ONE
                : divisor.getNumericalAmount();
        return value.divide(by, 0, RoundingMode.CEILING).toPlainString();
    }

    /** {@code key="value"} in lines, sorted, as the kubelet writes them into files. */
    private static String lines(Map<String, String> map) {
        return new TreeMap<>(map)
                .entrySet().stream()
                        .map(e -> e.getKey() + "=\""
                                + e.getValue()
                                        .replace("\\", "\\\\")
                                        .replace("\"", "\\\"")
                                        .replace("\n", "\\n") + "\"")
                        .collect(Collectors.joining("\n"));
    }
}
