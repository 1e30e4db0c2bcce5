package io.keelson.agent.runtime.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.agent.runtime.RuntimeFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
    @Test
    void anArchiveInDockersFormGetsAManifest(@TempDir Path dir) throws IOException {
        ImageArchive archive = read(TestImages.pause(dir));
        assertThat(archive.images()).singleElement().satisfies(image -> {
            assertThat(image.names()).containsExactly("localhost/keelson/pause:1");
            assertThat(image.blobs())
                    .extracting(ImageArchive.Blob::mediaType)
                    .containsExactly(
                            "application/vnd.oci.image.config.v1+json",
                            "application/vnd.oci.image.layer.v1.tar+gzip",
                            "application/vnd.oci.image.manifest.v1+json");
            assertThat(image.target().labels())
                    .containsEntry(
                            "containerd.io/gc.ref.content.config",
                            image.blobs().get(0).digest())
                    .containsEntry(
                            "containerd.io/gc.ref.content.l.0",
                            image.blobs().get(1).digest());
        });
    }

    @Test
    void theSameArchiveGivesTheSameManifest(@TempDir Path dir) throws IOException {
        Path archive = TestImages.pause(dir);
        assertThat(read(archive).images().getFirst().target().digest())
                .isEqualTo(read(archive).images().getFirst().target().digest());
    }

    @Test
    void brokenArchivesAreNamed(@TempDir Path dir) throws IOException {
        byte[] good = Files.readAllBytes(TestImages.pause(dir));
        Path cut = Files.write(dir.resolve("cut.tar"), Arrays.copyOf(good, 700));
        Path empty = Files.write(dir.resolve("empty.tar"), new TestImages.Tar().bytes());
        Path unnamed = Files.write(
                dir.resolve("unnamed.tar"),
                new TestImages.Tar()
                        .file("manifest.json", 0644, TestImages.bytes("[]"))
                        .bytes());
        Path json = Files.write(
                dir.resolve("json.tar"),
                new TestImages.Tar()
                        .file("manifest.json", 0644, TestImages.bytes("{]"))
                        .bytes());
        assertThatThrownBy(() -> read(cut))
                .isInstanceOf(RuntimeFault.BadArchive.class)
                .hasMessageContaining("cut.tar");
        assertThatThrownBy(() -> read(empty))
                .isInstanceOf(RuntimeFault.BadArchive.class)
                .hasMessageContaining("manifest.json");
        assertThatThrownBy(() -> read(unnamed))
                .isInstanceOf(RuntimeFault.BadArchive.class)
                .hasMessageContaining("names no image");
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(RuntimeFault.BadArchive.class)
                .hasMessageContaining("json.tar");
    }

    private static ImageArchive read(Path archive) {
        return ImageArchive.read(archive, archive);
    }
}
