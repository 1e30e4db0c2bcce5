package io.keelson.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ArrivalTest {

    private static final Path KUBECONFIG = Path.of("/k");

    @Test
    void whatIsSuggestedIsThere() {
        assertThat(Arrival.suggestions(Optional.of("deployment/web -n shop"), " --dir d", KUBECONFIG))
                .contains("keelson logs deployment/web -n shop --dir d", "kubectl --kubeconfig /k get all");
        assertThat(Arrival.suggestions(Optional.empty(), "", KUBECONFIG))
                .contains("keelson get nodes -o wide")
                .noneMatch(line -> line.contains("deployment"));
    }
}
