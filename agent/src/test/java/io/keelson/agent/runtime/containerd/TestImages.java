package io.keelson.agent.runtime.containerd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** Image archives made on the spot, without a registry: a pause that holds namespaces, and a busybox. */
final class TestImages {
    static final String BUSYBOX = "localhost/test/busybox:1";
    private static final Path BUSYBOX_BINARY = Path.of("/bin/busybox");
    private static final List<String> APPLETS = List.of(
            "sh",
            "sleep",
            "cat",
            "echo",
            "env",
            "id",
            "tail",
            "wget",
            "httpd",
            "hostname",
            "touch",
            "ls",
            "ps",
            "kill",
            "nc",
            "true",
            "head",
            "mkdir");

    private TestImages() {}

    /** A docker-save archive with a gzipped layer. */
    static Path pause(Path dir) throws IOException {
        Tar layer = new Tar().file("pause", 0755, pauseProgram());
        return docker(dir.resolve("pause.tar"), ContainerdConfig.PAUSE_IMAGE, layer, "[\"/pause\"]");
    }

    /** An OCI layout. */
    static Path busybox(Path dir) throws IOException {
        Tar layer = new Tar()
                .directory("bin")
                .directory("etc")
                .directory("tmp")
                .directory("www")
                .directory("proc");
        layer.file("bin/busybox", 0755, Files.readAllBytes(BUSYBOX_BINARY));
        APPLETS.forEach(applet -> layer.link("bin/" + applet, "busybox"));
        layer.file("etc/passwd", 0644, bytes("root:x:0:0:root:/:/bin/sh\n"));
        layer.file("etc/group", 0644, bytes("root:x:0:\n"));
        return layout(dir.resolve("busybox.tar"), BUSYBOX, layer);
    }

    private static Path docker(Path archive, String name, Tar layer, String entrypoint) throws IOException {
        byte[] plain = layer.bytes();
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(plain);
        }
        String config = config(sha(plain), entrypoint, "[]");
        String manifest =
                "[{\"Config\":\"config.json\",\"RepoTags\":[\"" + name + "\"],\"Layers\":[\"layer.tar.gz\"]}]";
        Tar tar = new Tar()
                .file("config.json", 0644, bytes(config))
                .file("layer.tar.gz", 0644, zipped.toByteArray())
                .file("manifest.json", 0644, bytes(manifest));
        return Files.write(archive, tar.bytes());
    }

    private static Path layout(Path archive, String name, Tar layer) throws IOException {
        byte[] plain = layer.bytes();
        byte[] config = bytes(config(sha(plain), "[]", "[\"/bin/sh\"]"));
        byte[] manifest =
                bytes("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":"
                        + descriptor("application/vnd.oci.image.config.v1+json", config, "") + ",\"layers\":["
                        + descriptor("application/vnd.oci.image.layer.v1.tar", plain, "") + "]}");
        byte[] index = bytes("{\"schemaVersion\":2,\"manifests\":["
                + descriptor(
                        "application/vnd.oci.image.manifest.v1+json",
                        manifest,
                        ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}")
                + "]}");
        Tar tar = new Tar()
                .file("oci-layout", 0644, bytes("{\"imageLayoutVersion\":\"1.0.0\"}"))
                .file("index.json", 0644, index);
        for (byte[] blob : List.of(plain, config, manifest)) {
            tar.file("blobs/sha256/" + sha(blob), 0644, blob);
        }
        return Files.write(archive, tar.bytes());
    }

    private static String config(String diffId, String entrypoint, String command) {
        return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Env\":[\"PATH=/bin\"],\"Entrypoint\":"
                + entrypoint + ",\"Cmd\":" + command + "},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:"
                + diffId + "\"]}}";
    }

    private static String descriptor(String mediaType, byte[] blob, String more) {
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"sha256:" + sha(blob) + "\",\"size\":" + blob.length
                + more + "}";
    }

    /** A static ELF for amd64: it ignores SIGCHLD, so that the kernel reaps for it, and pauses for ever. */
    private static byte[] pauseProgram() {
        int headers = 64 + 56;
        int data = headers + 40;
        long base = 0x400000;
        ByteBuffer elf = ByteBuffer.allocate(data + 32).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        elf.putShort((short) 2).putShort((short) 62).putInt(1);
        elf.putLong(base + headers).putLong(64).putLong(0).putInt(0);
        elf.putShort((short) 64).putShort((short) 56).putShort((short) 1);
        elf.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        elf.putInt(1).putInt(5).putLong(0).putLong(base).putLong(base);
        elf.putLong(data + 32).putLong(data + 32).putLong(0x1000);
        // rt_sigaction(SIGCHLD, {SIG_IGN}, 0, 8)
        elf.put((byte) 0xb8)
                .putInt(13)
                .put((byte) 0xbf)
                .putInt(17)
                .put((byte) 0xbe)
                .putInt((int) (base + data));
        elf.put(new byte[] {0x31, (byte) 0xd2, 0x41, (byte) 0xba, 8, 0, 0, 0, 0x0f, 5});
        // for (;;) pause()
        elf.put((byte) 0xb8).putInt(34).put(new byte[] {0x0f, 5, (byte) 0xeb, (byte) 0xf7});
        elf.position(data);
        elf.putLong(1).putLong(0).putLong(0).putLong(0);
        return elf.array();
    }

    static String sha(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A tar in the making, in the old ustar form. */
    static final class Tar {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Tar file(String name, int mode, byte[] content) {
            header(name, mode, content.length, '0', "");
            out.writeBytes(content);
            out.writeBytes(new byte[(512 - content.length % 512) % 512]);
            return this;
        }

        Tar link(String name, String target) {
            header(name, 0777, 0, '2', target);
            return this;
        }

        Tar directory(String name) {
            header(name + "/", 01777, 0, '5', "");
            return this;
        }

        byte[] bytes() {
            try (ByteArrayOutputStream whole = new ByteArrayOutputStream()) {
                out.writeTo(whole);
                whole.writeBytes(new byte[1024]);
                return whole.toByteArray();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void header(String name, int mode, int size, char type, String target) {
            byte[] header = new byte[512];
            put(header, 0, name);
            put(header, 100, "%07o".formatted(mode));
            put(header, 108, "0000000");
            put(header, 116, "0000000");
            put(header, 124, "%011o".formatted(size));
            put(header, 136, "00000000000");
            Arrays.fill(header, 148, 156, (byte) ' ');
            header[156] = (byte) type;
            put(header, 157, target);
            put(header, 257, "ustar");
            put(header, 263, "00");
            int sum = 0;
            for (byte b : header) {
                sum += b & 0xff;
            }
            put(header, 148, "%06o".formatted(sum));
            header[154] = 0;
            out.writeBytes(header);
        }

        private static void put(byte[] header, int offset, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            System.arraycopy(bytes, 0, header, offset, bytes.length);
        }
    }
}
