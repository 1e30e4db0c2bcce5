package io.keelson.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownServersTest {

    private static final byte[] TRUST = {1, 2, 3};
    private static final byte[][] CHAIN = {{4, 5}, {6}};

    @TempDir
    Path folder;

    private KnownServers known;

    @BeforeEach
    void note() throws IOException {
        known = new KnownServers(folder.toFile());
        Files.write(known.file("a:1", TRUST).toPath(), KnownServers.content("a:1", TRUST, CHAIN, 1_000, 2_000));
    }

    @Test
    void whatWasCheckedIsKnownWhileItIsInForce() {
        assertThat(known.holds("a:1", TRUST, CHAIN, 1_000)).isTrue();
        assertThat(known.holds("a:1", TRUST, CHAIN, 2_000)).isTrue();
        assertThat(known.holds("a:1", TRUST, CHAIN, 999)).isFalse();
        assertThat(known.holds("a:1", TRUST, CHAIN, 2_001)).isFalse();
    }

    @Test
    void everyByteCounts() throws IOException {
        assertThat(known.holds("a:2", TRUST, CHAIN, 1_500)).isFalse();
        assertThat(known.holds("a:1", new byte[] {1, 2}, CHAIN, 1_500)).isFalse();
        assertThat(known.holds("a:1", TRUST, new byte[][] {{4, 5}}, 1_500)).isFalse();
        assertThat(known.holds("a:1", TRUST, new byte[][] {{4}, {5, 6}}, 1_500)).isFalse();
        assertThat(known.holds("a:1", TRUST, new byte[0][], 1_500)).isFalse();
        // The same bytes divided otherwise, under the name of the file that would be looked into.
        Files.move(
                known.file("a:1", TRUST).toPath(),
                known.file("a:1", new byte[] {9}).toPath());
        assertThat(known.holds("a:1", new byte[] {9}, CHAIN, 1_500)).isFalse();
    }

    @Test
    void aFileOfSomethingElseIsNoNote() throws IOException {
        var file = known.file("a:1", TRUST).toPath();
        byte[] content = Files.readAllBytes(file);
        for (var times : new String[] {"", "\n", "1000 2000", "0 9999 \n", "a b\n", "0\n0 9999\n"}) {
            var other = new java.io.ByteArrayOutputStream();
            other.writeBytes(times.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            other.write(content, "1000 2000\n".length(), content.length - "1000 2000\n".length());
            Files.write(file, other.toByteArray());
            assertThat(known.holds("a:1", TRUST, CHAIN, 1_500)).as(times).isFalse();
        }
        Files.write(file, new byte[0]);
        assertThat(known.holds("a:1", TRUST, CHAIN, 1_500)).isFalse();
    }
}
