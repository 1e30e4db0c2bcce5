package io.keelson.agent.runtime.process;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** Image archives made byte by byte. */
final class TestArchives {
    private final ByteArrayOutputStream tar = new ByteArrayOutputStream();

    private TestArchives() {}

    /** A small image of two layers, the second one compressed. */
    static Path dockerSave(Path file, String name) throws IOException {
        var first = new TestArchives()
                .add("bin/", '5', "", 0755, "")
                .add("bin/real", '0', "", 0755, "#!/bin/sh\necho tool says $1\n")
                .add("bin/tool", '2', "/bin/real", 0777, "")
                .add("bin/removed", '0', "", 0644, "x")
                .add("bin/kept", '0', "", 0644, "x")
                .add("run/", '5', "", 0755, "")
                .add("var/", '5', "", 0755, "")
                .add("var/run", '2', "/run", 0777, "")
                .add("var/out", '2', "../../..", 0777, "")
                .bytes();
        var second =
                new TestArchives().add("bin/.wh.removed", '0', "", 0644, "").bytes();
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(second);
        }
        return write(file, name, first, zipped.toByteArray());
    }

    /** A layer that tries to get out by dots and through a link. */
    static Path escaping(Path file, String name) throws IOException {
        var layer = new TestArchives()
                .add("../../escaped", '0', "", 0644, "x")
                .add("out", '2', "/tmp", 0777, "")
                .add("out/keelson-escaped", '0', "", 0644, "x")
                .bytes();
        return write(file, name, layer, new TestArchives().bytes());
    }

    private static Path write(Path file, String name, byte[] first, byte[] second) throws IOException {
        var config = """
                {"architecture":"amd64","os":"linux","config":{"Entrypoint":["tool"],"Cmd":["hello from the image"],"Env":["PATH=/bin"]}}""";
        var manifest = "[{\"Config\":\"config.json\",\"RepoTags\":[\"" + name
                + "\"],\"Layers\":[\"1/layer.tar\",\"2/layer.tar\"]}]";
        var archive = new TestArchives()
                .add("config.json", '0', "", 0644, config)
                .add("manifest.json", '0', "", 0644, manifest)
                .add("1/layer.tar", '0', "", 0644, first)
                .add("2/layer.tar", '0', "", 0644, second)
                .bytes();
        return Files.write(file, archive);
    }

    private TestArchives add(String name, char type, String link, int mode, String content) {
        return add(name, type, link, mode, content.getBytes(StandardCharsets.UTF_8));
    }

    private TestArchives add(String name, char type, String link, int mode, byte[] content) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "00000000000");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        tar.writeBytes(header);
        tar.writeBytes(content);
        tar.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    private byte[] bytes() {
        tar.writeBytes(new byte[1024]);
        return tar.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
