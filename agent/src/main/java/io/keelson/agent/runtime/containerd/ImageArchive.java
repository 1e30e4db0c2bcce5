package io.keelson.agent.runtime.containerd;

import com.google.protobuf.ByteString;
import io.keelson.agent.runtime.RuntimeFault;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An image archive, read: an OCI layout or what {@code docker save} and jib write, in a tar.
 *
 * @param images what it names
 */
record ImageArchive(List<NamedImage> images) {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Manifests and configurations are some kilobytes; this is the bound of registries. */
    private static final long JSON_BYTES_MAX = 4L << 20;

    private static final int COPY_BYTES = 1 << 20;
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    private static final int GZIP_MAGIC = 0x1f8b;

    ImageArchive {
        images = List.copyOf(images);
    }

    /**
     * An image and its names in full.
     *
     * @param blobs everything it consists of, each after what it points at; the last is the manifest or index that the names point at
     */
    record NamedImage(List<String> names, List<Blob> blobs) {
        NamedImage {
            names = List.copyOf(names);
            blobs = List.copyOf(blobs);
        }

        Blob target() {
            return blobs.getLast();
        }
    }

    /**
     * A blob with what containerd must know of it.
     *
     * @param labels what keeps the blobs it points at from being collected
     */
    record Blob(String mediaType, String digest, long size, Source source, Map<String, String> labels) {
        Blob {
            labels = Map.copyOf(labels);
        }
    }

    /** Where a blob's bytes are. */
    sealed interface Source {
        /** In the archive. */
        record Region(long offset) implements Source {}

        /** Made by us. */
        record Bytes(ByteString bytes) implements Source {}
    }

    /**
     * Reads it. Throws {@link RuntimeFault.BadArchive} with the reason.
     *
     * @param shown the path to name in it
     */
    static ImageArchive read(Path archive, Path shown) {
        try (FileChannel file = FileChannel.open(archive, StandardOpenOption.READ)) {
            Reader reader = new Reader(file, TarIndex.read(archive));
            // A newer docker save writes both forms; its OCI names are in annotations, which need not be there.
            List<NamedImage> images = reader.entries.containsKey("index.json") ? reader.layout() : List.of();
            if (images.isEmpty()) {
                images = reader.docker();
            }
            return new ImageArchive(images);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            throw new RuntimeFault.BadArchive(shown + " is not an image archive: " + e.getMessage(), e);
        }
    }

    private record Reader(FileChannel file, Map<String, TarIndex.Entry> entries) {
        List<NamedImage> layout() throws IOException {
            List<NamedImage> images = new ArrayList<>();
            for (JsonNode descriptor : json("index.json").path("manifests")) {
                JsonNode annotations = descriptor.path("annotations");
                String name = annotations.path("io.containerd.image.name").asString("");
                if (name.isEmpty()) {
                    name = annotations.path("org.opencontainers.image.ref.name").asString("");
                }
                // A bare tag says nothing about which image it is.
                if (name.contains("/") || name.contains(":")) {
                    List<Blob> blobs = new ArrayList<>();
                    collect(descriptor, blobs);
                    images.add(new NamedImage(List.of(ImageName.full(name)), blobs));
                }
            }
            return images;
        }

        /** Adds what the descriptor points at, children first. Blobs that are not in the archive (of other platforms) are left out. */
        private void collect(JsonNode descriptor, List<Blob> blobs) throws IOException {
            String digest = descriptor.path("digest").asString("");
            String path = "blobs/" + digest.replace(':', '/');
            TarIndex.@Nullable Entry entry = entries.get(path);
            if (entry == null) {
                return;
            }
            String mediaType = descriptor.path("mediaType").asString("");
            Map<String, String> labels = new LinkedHashMap<>();
            if (mediaType.endsWith("+json") && !mediaType.endsWith("config.v1+json")) {
                JsonNode document = json(path);
                if (mediaType.equals(INDEX) || mediaType.equals(DOCKER_INDEX)) {
                    int i = 0;
                    for (JsonNode manifest : document.path("manifests")) {
                        collect(manifest, blobs);
                        labels.put(
                                "containerd.io/gc.ref.content.m." + i++,
                                manifest.path("digest").asString(""));
                    }
                } else {
                    collect(document.path("config"), blobs);
                    labels.put(
                            "containerd.io/gc.ref.content.config",
                            document.path("config").path("digest").asString(""));
                    int i = 0;
                    for (JsonNode layer : document.path("layers")) {
                        collect(layer, blobs);
                        labels.put(
                                "containerd.io/gc.ref.content.l." + i++,
                                layer.path("digest").asString(""));
                    }
                }
            }
            blobs.add(new Blob(mediaType, digest, entry.size(), new Source.Region(entry.offset()), labels));
        }

        List<NamedImage> docker() throws IOException {
            List<NamedImage> images = new ArrayList<>();
            for (JsonNode image : json("manifest.json")) {
                List<String> names = new ArrayList<>();
                image.path("RepoTags").forEach(name -> names.add(ImageName.full(name.asString(""))));
                if (!names.isEmpty()) {
                    images.add(new NamedImage(names, docker(image)));
                }
            }
            if (images.isEmpty()) {
                throw new IOException("it names no image");
            }
            return images;
        }

        /** Docker's form has no manifest that containerd could keep, so one is made. */
        private List<Blob> docker(JsonNode image) throws IOException {
            List<Blob> blobs = new ArrayList<>();
            Map<String, String> labels = new LinkedHashMap<>();
            Blob config = hashed(CONFIG, image.path("Config").asString(""));
            blobs.add(config);
            labels.put("containerd.io/gc.ref.content.config", config.digest());
            ArrayNode layers = JSON.createArrayNode();
            int i = 0;
            for (JsonNode path : image.path("Layers")) {
                TarIndex.Entry entry = entry(path.asString(""));
                Blob layer = hashed(isGzip(entry) ? LAYER + "+gzip" : LAYER, path.asString(""));
                blobs.add(layer);
                layers.add(descriptor(layer));
                labels.put("containerd.io/gc.ref.content.l." + i++, layer.digest());
            }
            ObjectNode manifest = JSON.createObjectNode();
            manifest.put("schemaVersion", 2);
            manifest.put("mediaType", MANIFEST);
            manifest.set("config", descriptor(config));
            manifest.set("layers", layers);
            byte[] bytes = JSON.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8);
            MessageDigest digest = sha256();
            digest.update(bytes);
            blobs.add(new Blob(
                    MANIFEST, text(digest), bytes.length, new Source.Bytes(ByteString.copyFrom(bytes)), labels));
            return blobs;
        }

        private boolean isGzip(TarIndex.Entry entry) throws IOException {
            if (entry.size() < 2) {
                return false;
            }
            byte[] magic = TarIndex.bytes(file, entry.offset(), 2);
            return (((magic[0] & 0xff) << 8) | (magic[1] & 0xff)) == GZIP_MAGIC;
        }

        private Blob hashed(String mediaType, String path) throws IOException {
            TarIndex.Entry entry = entry(path);
            MessageDigest digest = sha256();
            for (long done = 0; done < entry.size(); done += COPY_BYTES) {
                digest.update(
                        TarIndex.bytes(file, entry.offset() + done, (int) Math.min(COPY_BYTES, entry.size() - done)));
            }
            return new Blob(mediaType, text(digest), entry.size(), new Source.Region(entry.offset()), Map.of());
        }

        private TarIndex.Entry entry(String path) throws IOException {
            TarIndex.@Nullable Entry entry = entries.get(path);
            if (entry == null) {
                throw new IOException("it has no " + path);
            }
            return entry;
        }

        private JsonNode json(String path) throws IOException {
            TarIndex.Entry entry = entry(path);
            if (entry.size() > JSON_BYTES_MAX) {
                throw new IOException(path + " has " + entry.size() + " bytes; at most " + JSON_BYTES_MAX);
            }
            return JSON.readTree(TarIndex.bytes(file, entry.offset(), (int) entry.size()));
        }
    }

    private static ObjectNode descriptor(Blob blob) {
        ObjectNode node = JSON.createObjectNode();
        node.put("mediaType", blob.mediaType());
        node.put("digest", blob.digest());
        node.put("size", blob.size());
        return node;
    }

    private static String text(MessageDigest digest) {
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
