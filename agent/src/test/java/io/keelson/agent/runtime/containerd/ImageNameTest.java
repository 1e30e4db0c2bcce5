package io.keelson.agent.runtime.containerd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.agent.runtime.RuntimeFault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {
    private static final String DIGEST = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox:latest",
        "busybox:1.36, docker.io/library/busybox:1.36",
        "keelson/hello, docker.io/keelson/hello:latest",
        "localhost/keelson/pause:1, localhost/keelson/pause:1",
        "localhost/pause, localhost/pause:latest",
        "registry.example:5000/a/b/c:v1, registry.example:5000/a/b/c:v1",
        "192.168.77.1:5000/a, 192.168.77.1:5000/a:latest",
        "docker.io/busybox, docker.io/library/busybox:latest",
        "busybox" + DIGEST + ", docker.io/library/busybox" + DIGEST,
    })
    void namesAreCompletedAsDockerDoes(String written, String full) {
        assertThat(ImageName.full(written)).isEqualTo(full);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Busybox", "a b", "busybox:", "/x", "x/", "x:tag:tag", "x@sha256:12", "Foo/bar"})
    void whatIsNoNameIsSaidToBeNone(String written) {
        assertThatThrownBy(() -> ImageName.full(written))
                .isInstanceOf(RuntimeFault.InvalidImageName.class)
                .hasMessageContaining("image");
    }
}
