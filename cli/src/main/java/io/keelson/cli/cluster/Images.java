package io.keelson.cli.cluster;

import io.keelson.cli.print.Render;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Makes images from what is on this machine, without any network: archives as {@code docker save} writes them, the same bytes each time.
 *
 * <p>An image is one layer here; the format is a tar with {@code manifest.json}, a configuration and the layer's tar, so no library is needed.
 */
final class Images {

    /** The image that holds a pod's namespaces; the name that nodes' containerd is configured with. */
    static final String PAUSE = "localhost/keelson/pause:1";

    /** busybox alone: a web server, a shell and the usual tools. For the example. */
    static final String HELLO = "localhost/keelson/hello:1";

    private static final int BLOCK = 512;

    private Images() {}

    /** A file, folder or link of a layer. Never compared, so that an array may be in it. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Entry(String path, int mode, char type, byte[] content, String link) {}

    /** Writes the archives into a folder; those that are there stay. */
    static void write(Path folder, Optional<Path> busybox) throws IOException {
        Files.createDirectories(folder);
        var pause = folder.resolve("pause.tar");
        if (!Files.exists(pause) && PauseProgram.forMachine().isPresent()) {
            var layer = List.of(
                    new Entry("pause", 0755, '0', PauseProgram.forMachine().get(), ""));
            save(pause, archive(PAUSE, layer, List.of("/pause"), List.of(), List.of()));
        }
        var hello = folder.resolve("hello.tar");
        if (!Files.exists(hello) && busybox.isPresent()) {
            save(
                    hello,
                    archive(
                            HELLO,
                            helloLayer(Files.readAllBytes(busybox.get())),
                            List.of(),
                            List.of("/bin/sh"),
                            List.of("PATH=/bin")));
        }
    }

    private static List<Entry> helloLayer(byte[] busybox) {
        var none = new byte[0];
        var entries = new ArrayList<Entry>();
        entries.add(new Entry("bin/", 0755, '5', none, ""));
        entries.add(new Entry("bin/busybox", 0755, '0', busybox, ""));
        for (var tool : List.of(
                "sh",
                "cat",
                "echo",
                "env",
                "hostname",
                "httpd",
                "ls",
                "mkdir",
                "mktemp",
                "nc",
                "nslookup",
                "ping",
                "ps",
                "sleep",
                "wget")) {
            entries.add(new Entry("bin/" + tool, 0777, '2', none, "busybox"));
        }
        entries.add(new Entry("etc/", 0755, '5', none, ""));
        entries.add(new Entry("etc/group", 0644, '0', bytes("root:x:0:\nnobody:x:65534:\n"), ""));
        entries.add(new Entry(
                "etc/passwd",
                0644,
                '0',
                bytes("root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n"),
                ""));
        entries.add(new Entry("tmp/", 01777, '5', none, ""));
        return entries;
    }

    private static byte[] archive(
            String name, List<Entry> layer, List<String> entrypoint, List<String> command, List<String> environment) {
        var layerTar = tar(layer);
        var config = Render.object();
        config.put("architecture", architecture()).put("os", "linux").put("created", "1970-01-01T00:00:00Z");
        var process = config.putObject("config");
        environment.forEach(process.putArray("Env")::add);
        if (!entrypoint.isEmpty()) entrypoint.forEach(process.putArray("Entrypoint")::add);
        if (!command.isEmpty()) command.forEach(process.putArray("Cmd")::add);
        config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add("sha256:" + sha256(layerTar));
        var configBytes = Render.bytes(config);
        var configName = sha256(configBytes) + ".json";
        var manifest = Render.object();
        manifest.put("Config", configName);
        manifest.putArray("RepoTags").add(name);
        manifest.putArray("Layers").add("layer.tar");
        var none = new byte[0];
        return tar(List.of(
                new Entry(configName, 0644, '0', configBytes, ""),
                new Entry("layer.tar", 0644, '0', layerTar, ""),
                new Entry(
                        "manifest.json",
                        0644,
                        '0',
                        bytes("[" + new String(Render.bytes(manifest), StandardCharsets.UTF_8) + "]"),
                        ""),
                new Entry("blobs/", 0755, '5', none, "")));
    }

    private static void save(Path file, byte[] bytes) throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.write(temporary, bytes);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A tar in the ustar form. */
    private static byte[] tar(List<Entry> entries) {
        var tar = new ByteArrayOutputStream();
        for (var entry : entries) {
            tar.writeBytes(header(entry));
            tar.writeBytes(entry.content());
            tar.writeBytes(new byte[(BLOCK - entry.content().length % BLOCK) % BLOCK]);
        }
        tar.writeBytes(new byte[2 * BLOCK]);
        return tar.toByteArray();
    }

    private static byte[] header(Entry entry) {
        var header = new byte[BLOCK];
        put(header, 0, entry.path());
        put(header, 100, "%07o".formatted(entry.mode()));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(entry.content().length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) entry.type();
        put(header, 157, entry.link());
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte b : header) sum += b & 0xff;
        put(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        var bytes = bytes(text);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    static String architecture() {
        var name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> name;
        };
    }
}
