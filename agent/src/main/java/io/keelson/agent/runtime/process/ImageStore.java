package io.keelson.agent.runtime.process;

import io.keelson.agent.io.FileTree;
import io.keelson.agent.runtime.Image;
import io.keelson.agent.runtime.RuntimeFault;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Images as unpacked directories: {@code <dir>/<hex of the config digest>/{rootfs,config.json}} and {@code <dir>/names.json}. */
final class ImageStore {
    /** Has no files; its commands are those of this machine. Always there. */
    static final String MACHINE = "localhost/machine:latest";

    private static final JsonMapper JSON = JsonMapper.shared();

    private final Path directory;

    ImageStore(Path directory) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory);
    }

    /** What an image says about itself. */
    record Unpacked(
            Image image,
            Optional<Path> rootfs,
            List<String> entrypoint,
            List<String> command,
            List<String> env,
            String workingDir) {}

    /** The image by any of its names, or by its id. */
    synchronized Optional<Unpacked> find(String name) {
        var full = fullName(name);
        if (full.equals(MACHINE)) {
            return Optional.of(new Unpacked(
                    new Image(MACHINE, MACHINE, ""), Optional.empty(), List.of(), List.of(), List.of(), ""));
        }
        var known = name.startsWith("sha256:") ? Optional.of(name) : text(names().path(full));
        return known.map(id -> read(full, id));
    }

    private static Optional<String> text(JsonNode node) {
        return node.isString() ? Optional.of(node.asString()) : Optional.empty();
    }

    private Unpacked read(String name, String id) {
        var home = home(id);
        var config = JSON.readTree(home.resolve("config.json").toFile()).path("config");
        return new Unpacked(
                new Image(name, id, config.path("User").asString("")),
                Optional.of(home.resolve("rootfs")),
                strings(config.path("Entrypoint")),
                strings(config.path("Cmd")),
                strings(config.path("Env")),
                config.path("WorkingDir").asString(""));
    }

    /** Unpacks an archive of {@code docker save} or of an OCI layout; the images in it are there from then on. */
    synchronized List<String> importArchive(Path archive) {
        try {
            var scratch = Files.createTempDirectory(directory, "import-");
            try {
                try (var in = plain(new BufferedInputStream(Files.newInputStream(archive)))) {
                    new Rootfs(scratch).apply(in);
                }
                return importFrom(scratch, archive);
            } finally {
                FileTree.delete(scratch);
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof RuntimeFault fault) {
                throw fault;
            }
            throw new RuntimeFault.BadArchive(archive.getFileName() + ": " + e.getMessage(), e);
        }
    }

    private List<String> importFrom(Path scratch, Path archive) throws IOException {
        var imported = new ArrayList<String>();
        if (Files.exists(scratch.resolve("manifest.json"))) {
            for (var image : JSON.readTree(scratch.resolve("manifest.json").toFile())) {
                var layers = strings(image.path("Layers")).stream()
                        .map(l -> part(scratch, l))
                        .toList();
                imported.addAll(keep(
                        part(scratch, image.path("Config").asString("")), layers, strings(image.path("RepoTags"))));
            }
        } else if (Files.exists(scratch.resolve("index.json"))) {
            for (var entry :
                    JSON.readTree(scratch.resolve("index.json").toFile()).path("manifests")) {
                importManifest(scratch, entry, imported);
            }
        } else {
            throw new RuntimeFault.BadArchive(
                    archive.getFileName() + ": neither manifest.json (docker save) nor index.json (OCI layout) in it");
        }
        return imported;
    }

    private void importManifest(Path scratch, JsonNode entry, List<String> imported) throws IOException {
        var manifest = JSON.readTree(blob(scratch, entry).toFile());
        if (manifest.has("manifests")) {
            // An index of platforms: take the first that fits, as a registry client would.
            for (var child : manifest.path("manifests")) {
                if (fits(child.path("platform"))) {
                    ((ObjectNode) child).set("annotations", entry.path("annotations"));
                    importManifest(scratch, child, imported);
                    return;
                }
            }
            throw new RuntimeFault.BadArchive("no image for this machine's architecture in it");
        }
        var layers = new ArrayList<Path>();
        for (var layer : manifest.path("layers")) {
            layers.add(blob(scratch, layer));
        }
        var annotations = entry.path("annotations");
        var name = text(annotations.path("io.containerd.image.name"))
                .or(() -> text(annotations.path("org.opencontainers.image.ref.name")));
        imported.addAll(keep(
                blob(scratch, manifest.path("config")),
                layers,
                name.map(List::of).orElse(List.of())));
    }

    private static boolean fits(JsonNode platform) {
        var machine = System.getProperty("os.arch");
        var wanted = machine.equals("aarch64") ? "arm64" : machine;
        return platform.path("os").asString("linux").equals("linux")
                && platform.path("architecture").asString(wanted).equals(wanted);
    }

    private List<String> keep(Path config, List<Path> layers, List<String> names) throws IOException {
        var id = "sha256:" + sha256(config);
        var home = home(id);
        if (!Files.exists(home)) {
            var fresh = Files.createTempDirectory(directory, "unpack-");
            var rootfs = Files.createDirectory(fresh.resolve("rootfs"));
            for (var layer : layers) {
                try (var in = plain(new BufferedInputStream(Files.newInputStream(layer)))) {
                    new Rootfs(rootfs).apply(in);
                }
            }
            Files.copy(config, fresh.resolve("config.json"));
            Files.move(fresh, home, StandardCopyOption.ATOMIC_MOVE);
        }
        var all = names();
        var full = names.stream().map(ImageStore::fullName).toList();
        full.forEach(name -> all.put(name, id));
        var next = directory.resolve("names.json.next");
        JSON.writeValue(next.toFile(), all);
        Files.move(
                next,
                directory.resolve("names.json"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        return full;
    }

    private ObjectNode names() {
        var file = directory.resolve("names.json");
        return Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
    }

    private Path home(String id) {
        var hex = id.substring(id.indexOf(':') + 1);
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new RuntimeFault.InvalidImageName("image id " + id + ": not a sha256 digest");
        }
        return directory.resolve(hex);
    }

    private static Path part(Path scratch, String name) {
        return new Rootfs(scratch).inside(name);
    }

    private static Path blob(Path scratch, JsonNode descriptor) {
        return part(scratch, "blobs/" + descriptor.path("digest").asString("").replace(':', '/'));
    }

    private static InputStream plain(InputStream in) throws IOException {
        in.mark(4);
        byte[] magic = in.readNBytes(4);
        in.reset();
        if (magic.length >= 2 && (magic[0] & 0xff) == 0x1f && (magic[1] & 0xff) == 0x8b) {
            return new BufferedInputStream(new GZIPInputStream(in));
        }
        if (magic.length == 4 && (magic[0] & 0xff) == 0x28 && (magic[1] & 0xff) == 0xb5 && (magic[2] & 0xff) == 0x2f) {
            throw new IOException("compressed with zstd, which the process runtime cannot read; use gzip or none");
        }
        return in;
    }

    private static String sha256(Path file) throws IOException {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static List<String> strings(JsonNode array) {
        var strings = new ArrayList<String>();
        array.forEach(s -> strings.add(s.asString()));
        return List.copyOf(strings);
    }

    /** {@code busybox} is {@code docker.io/library/busybox:latest}. */
    static String fullName(String name) {
        if (name.isEmpty() || !name.equals(name.strip()) || name.contains("//")) {
            throw new RuntimeFault.InvalidImageName("couldn't parse image name \"" + name + "\"");
        }
        var first = name.contains("/") ? name.substring(0, name.indexOf('/')) : "";
        boolean registry = first.contains(".") || first.contains(":") || first.equals("localhost");
        var withRegistry = registry ? name : name.contains("/") ? "docker.io/" + name : "docker.io/library/" + name;
        var last = withRegistry.substring(withRegistry.lastIndexOf('/') + 1);
        return last.contains(":") || last.contains("@") ? withRegistry : withRegistry + ":latest";
    }
}
