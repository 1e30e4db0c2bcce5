package io.keelson.agent.volume;

import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.keelson.agent.pod.ConfigProblem;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.pod.DownwardApi;
import io.keelson.agent.pod.NodeFacts;
import io.keelson.agent.pod.Sources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The files of volumes that are made of objects. */
final class VolumeContents {
    private static final int MODE_DEFAULT = 0644;

    private final DesiredPod pod;
    private final String volume;
    private final Sources sources;
    private final NodeFacts node;
    private final PodTokens tokens;
    private final Map<String, VolumeFile> files = new LinkedHashMap<>();

    private VolumeContents(DesiredPod pod, String volume, Sources sources, NodeFacts node, PodTokens tokens) {
        this.pod = pod;
        this.volume = volume;
        this.sources = sources;
        this.node = node;
        this.tokens = tokens;
    }

    /** The files of the volume; empty if it is of a kind that is not made of objects. */
    static Optional<List<VolumeFile>> of(
            DesiredPod pod, Volume volume, Sources sources, NodeFacts node, PodTokens tokens) throws VolumeProblem {
        var contents = new VolumeContents(pod, volume.getName(), sources, node, tokens);
        if (volume.getConfigMap() != null) {
            var source = volume.getConfigMap();
            contents.object(
                    "configmap",
                    source.getName(),
                    source.getItems(),
                    mode(source.getDefaultMode()),
                    source.getOptional());
        } else if (volume.getSecret() != null) {
            var source = volume.getSecret();
            contents.object(
                    "secret",
                    source.getSecretName(),
                    source.getItems(),
                    mode(source.getDefaultMode()),
                    source.getOptional());
        } else if (volume.getDownwardAPI() != null) {
            contents.downward(
                    list(volume.getDownwardAPI().getItems()),
                    mode(volume.getDownwardAPI().getDefaultMode()));
        } else if (volume.getProjected() != null) {
            for (var projection : list(volume.getProjected().getSources())) {
                contents.projection(projection, mode(volume.getProjected().getDefaultMode()));
            }
        } else {
            return Optional.empty();
        }
        return Optional.of(List.copyOf(contents.files.values()));
    }

    private void projection(VolumeProjection source, int mode) throws VolumeProblem {
        if (source.getConfigMap() != null) {
            object(
                    "configmap",
                    source.getConfigMap().getName(),
                    source.getConfigMap().getItems(),
                    mode,
                    source.getConfigMap().getOptional());
        } else if (source.getSecret() != null) {
            object(
                    "secret",
                    source.getSecret().getName(),
                    source.getSecret().getItems(),
                    mode,
                    source.getSecret().getOptional());
        } else if (source.getDownwardAPI() != null) {
            downward(list(source.getDownwardAPI().getItems()), mode);
        } else if (source.getServiceAccountToken() != null) {
            token(source.getServiceAccountToken(), mode);
        } else {
            var kind = source.getClusterTrustBundle() != null ? "clusterTrustBundle" : "another kind";
            throw problem("projected source of kind " + kind + " is not supported by this node");
        }
    }

    private void token(ServiceAccountTokenProjection source, int mode) throws VolumeProblem {
        try {
            add(source.getPath(), tokens.token(pod, source).getBytes(StandardCharsets.UTF_8), mode);
        } catch (VolumeProblem e) {
            throw problem(Objects.requireNonNullElse(e.getMessage(), "no token"));
        }
    }

    private void object(String resource, String name, List<KeyToPath> items, int mode, Boolean optional)
            throws VolumeProblem {
        var namespace = pod.id().namespace();
        boolean mayLack = Boolean.TRUE.equals(optional);
        var found = resource.equals("secret") ? sources.secret(namespace, name) : sources.configMap(namespace, name);
        if (found.isEmpty()) {
            if (mayLack) {
                return;
            }
            throw problem(resource + " \"" + name + "\" not found");
        }
        var data = found.get();
        if (list(items).isEmpty()) {
            for (var entry : data.entrySet()) {
                add(entry.getKey(), entry.getValue(), mode);
            }
            return;
        }
        for (var item : items) {
            var value = data.get(item.getKey());
            if (value != null) {
                add(item.getPath(), value, item.getMode() == null ? mode : item.getMode());
            } else if (!mayLack) {
                throw problem("references non-existent " + resource + " key: " + item.getKey());
            }
        }
    }

    private void downward(List<DownwardAPIVolumeFile> items, int mode) throws VolumeProblem {
        for (var item : items) {
            try {
                var value = item.getFieldRef() != null
                        ? DownwardApi.field(pod, item.getFieldRef().getFieldPath(), node, "")
                        : DownwardApi.resource(
                                pod,
                                pod.containers().stream().findFirst().orElseGet(Container::new),
                                item.getResourceFieldRef(),
                                node);
                add(
                        item.getPath(),
                        value.getBytes(StandardCharsets.UTF_8),
                        item.getMode() == null ? mode : item.getMode());
            } catch (ConfigProblem e) {
                throw problem(Objects.requireNonNullElse(e.getMessage(), "downwardAPI"));
            }
        }
    }

    private void add(String path, byte[] content, int mode) throws VolumeProblem {
        var parts = new ArrayList<String>(List.of(path.split("/", -1)));
        if (path.startsWith("/") || parts.contains("..") || parts.contains("") || path.startsWith("..")) {
            throw problem("path \"" + path + "\" must be relative and must not contain \"..\"");
        }
        files.put(path, new VolumeFile(path, ByteString.copyFrom(content), mode));
    }

    private VolumeProblem problem(String what) {
        return new VolumeProblem("MountVolume.SetUp failed for volume \"" + volume + "\" : " + what);
    }

    private static int mode(Integer given) {
        return given == null ? MODE_DEFAULT : given & 0777;
    }

    private static <T> List<T> list(List<T> maybe) {
        return maybe == null ? List.of() : maybe;
    }
}
