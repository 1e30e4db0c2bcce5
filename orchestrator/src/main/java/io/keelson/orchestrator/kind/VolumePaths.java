package io.keelson.orchestrator.kind;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Advice about files of one volume that would be written over each other, or into each other. */
final class VolumePaths {

    private VolumePaths() {}

    /** Of a volume of a pod. */
    static void advise(JsonNode volume, Consumer<String> warn) {
        String name = "volume " + quoted(volume, "name");
        for (String kind : List.of("configMap", "secret", "downwardAPI")) {
            JsonNode source = volume.path(kind);
            if (source.has("items")) {
                String title = switch (kind) {
                    case "configMap" -> "(ConfigMap " + quoted(source, "name") + ")";
                    case "secret" -> "(Secret " + quoted(source, "secretName") + ")";
                    default -> "(DownwardAPI)";
                };
                overlaps(paths(source), name + " " + title, warn);
            }
        }
        projected(volume.path("projected"), name, warn);
    }

    /** Sources of one volume share its files. */
    private static void projected(JsonNode projected, String name, Consumer<String> warn) {
        Set<String> before = new TreeSet<>();
        for (JsonNode source : Json.items(projected, "sources")) {
            if (source.isEmpty()) {
                warn.accept(name + " (Projected) has no sources provided");
                continue;
            }
            Optional<Source> read = Source.of(source);
            if (read.isPresent()) {
                String title = name + " (Projected " + read.get().title() + ")";
                overlaps(read.get().paths(), title, warn);
                List<String> together = new ArrayList<>(new TreeSet<>(read.get().paths()));
                together.addAll(before);
                together.sort(String::compareTo);
                overlaps(together, title, warn);
                before.addAll(read.get().paths());
            }
        }
    }

    /** One source of a projected volume that says paths. */
    private record Source(String title, List<String> paths) {

        static Optional<Source> of(JsonNode source) {
            if (source.path("configMap").has("items")) {
                return some(
                        "ConfigMap " + quoted(source.path("configMap"), "name"),
                        VolumePaths.paths(source.path("configMap")));
            }
            if (source.path("secret").has("items")) {
                return some(
                        "Secret " + quoted(source.path("secret"), "name"), VolumePaths.paths(source.path("secret")));
            }
            if (source.path("downwardAPI").has("items")) {
                return some("DownwardAPI", VolumePaths.paths(source.path("downwardAPI")));
            }
            if (source.has("serviceAccountToken")) {
                return some("ServiceAccountToken", path(source.path("serviceAccountToken")));
            }
            JsonNode bundle = source.path("clusterTrustBundle");
            return bundle.isMissingNode()
                    ? Optional.empty()
                    : some(
                            "ClusterTrustBundle " + quoted(bundle, bundle.has("name") ? "name" : "signerName"),
                            path(bundle));
        }

        private static Optional<Source> some(String title, List<String> paths) {
            return paths.isEmpty() ? Optional.empty() : Optional.of(new Source(title, paths));
        }
    }

    private static List<String> paths(JsonNode source) {
        return Json.items(source, "items").stream()
                .flatMap(item -> path(item).stream())
                .toList();
    }

    private static List<String> path(JsonNode item) {
        return List.of(Json.string(item, "path").orElse(""));
    }

    private static String quoted(JsonNode of, String field) {
        return Causes.quoted(Json.string(of, field).orElse(""));
    }

    private static void overlaps(List<String> paths, String title, Consumer<String> warn) {
        Set<String> seen = new LinkedHashSet<>();
        for (String path : paths) {
            String bare = path.replaceFirst("/+$", "");
            other(seen, bare)
                    .ifPresent(other -> warn.accept(
                            title + ": overlapping paths: " + Causes.quoted(bare) + " with " + Causes.quoted(other)));
            seen.add(bare);
        }
    }

    private static Optional<String> other(Collection<String> seen, String path) {
        if (path.isEmpty() || seen.contains("")) {
            return Optional.empty();
        }
        return seen.stream()
                .filter(each -> each.equals(path) || each.startsWith(path + "/") || path.startsWith(each + "/"))
                .findFirst();
    }
}
