package io.keelson.agent.usage;

import io.keelson.agent.runtime.PodId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a node and its pods use, in the form of the kubelet's {@code /stats/summary}: CPU and memory, and nothing else. */
public final class Summary {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Summary() {}

    /**
     * Of rates as the {@link Meter} tells them.
     *
     * @param pods those that the node is to run; what others use is not told
     */
    public static byte[] of(String node, List<PodId> pods, byte[] rates) {
        JsonNode measured = JSON.readTree(rates);
        ObjectNode summary = JSON.createObjectNode();
        ObjectNode ofNode = summary.putObject("node").put("nodeName", node);
        if (measured.has("node")) {
            put(ofNode, measured.get("node"));
        }
        Map<String, ArrayNode> containers = new LinkedHashMap<>();
        var all = summary.putArray("pods");
        for (PodId pod : pods) {
            ObjectNode one = all.addObject();
            one.putObject("podRef")
                    .put("name", pod.name())
                    .put("namespace", pod.namespace())
                    .put("uid", pod.uid());
            containers.put(pod.uid(), one.putArray("containers"));
        }
        for (JsonNode container : measured.path("containers")) {
            ArrayNode of = containers.get(container.path("uid").asString(""));
            if (of != null) {
                put(of.addObject().put("name", container.path("name").asString("")), container);
            }
        }
        return JSON.writeValueAsBytes(summary);
    }

    private static void put(ObjectNode into, JsonNode rate) {
        String time = rate.path("timestamp").asString("");
        into.putObject("cpu")
                .put("time", time)
                .put("usageNanoCores", rate.path("nanocores").asLong(0));
        into.putObject("memory")
                .put("time", time)
                .put("workingSetBytes", rate.path("memoryBytes").asLong(0));
    }
}
