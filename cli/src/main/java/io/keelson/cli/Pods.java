package io.keelson.cli;

import io.keelson.cli.print.Trouble;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Which pods somebody means who names one, or what owns some: {@code web}, {@code pod/web}, {@code deployment/hello}. */
final class Pods {

    private static final List<String> POD = List.of("pod", "pods", "po");

    private Pods() {}

    /** All of them, at least one. */
    static List<String> named(Client client, String word) throws InterruptedException {
        if (!word.contains("/")) return List.of(word);
        var target = Client.Target.all(List.of(word)).getFirst();
        if (POD.contains(target.type())) return List.of(target.name());
        return names(owned(client, target, word));
    }

    /** One of them: of several, one that runs. */
    static String one(Client client, String word) throws InterruptedException {
        if (!word.contains("/")) return word;
        var target = Client.Target.all(List.of(word)).getFirst();
        if (POD.contains(target.type())) return target.name();
        var owned = owned(client, target, word);
        return names(owned.stream().filter(Pods::runs).findFirst().map(List::of).orElse(owned))
                .getFirst();
    }

    /** The names of pods with these labels. */
    static List<String> selected(Client client, String labels) throws InterruptedException {
        return names(selected(client, labels, "no pod has the labels " + labels));
    }

    private static boolean runs(ObjectNode pod) {
        return pod.path("status").path("phase").asString("").equals("Running")
                && pod.path("metadata").path("deletionTimestamp").isMissingNode();
    }

    private static List<ObjectNode> owned(Client client, Client.Target target, String word)
            throws InterruptedException {
        var labels = labels(client.get(target.type(), target.name()));
        if (labels.isEmpty()) throw Trouble.of(word + " selects no pods", "Name a pod:  keelson get pods");
        return selected(client, labels, word + " has no pods");
    }

    private static String labels(ObjectNode owner) {
        var selector = owner.path("spec").path("selector");
        var labels = selector.path("matchLabels").isObject() ? selector.path("matchLabels") : selector;
        return labels.properties().stream()
                .filter(label -> label.getValue().isString())
                .map(label -> Map.entry(label.getKey(), label.getValue().asString()))
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(","));
    }

    private static List<ObjectNode> selected(Client client, String labels, String none) throws InterruptedException {
        var pods = client.list("pods", client.namespace(), labels, "");
        if (pods.isEmpty()) throw Trouble.of(none + " in namespace " + client.namespace());
        return pods;
    }

    private static List<String> names(List<ObjectNode> pods) {
        return pods.stream()
                .map(pod -> pod.path("metadata").path("name").asString(""))
                .toList();
    }
}
