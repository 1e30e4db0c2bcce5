package io.keelson.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.cli.print.Render;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopCommandTest {

    @Test
    void aNodesShareIsOfWhatItOffers() {
        var metrics = Render.parse(
                "{\"metadata\":{\"name\":\"n1\"},\"usage\":{\"cpu\":\"499999999n\",\"memory\":\"524288Ki\"}}");
        var offered = Render.parse("{\"cpu\":\"2\",\"memory\":\"2Gi\"}");
        assertThat(TopCommand.nodeRows(List.of(metrics), Map.of("n1", offered)))
                .last()
                .isEqualTo(List.of("n1", "500m", "25%", "512Mi", "25%"));
        assertThat(TopCommand.nodeRows(List.of(metrics), Map.of()))
                .last()
                .isEqualTo(List.of("n1", "500m", "<unknown>", "512Mi", "<unknown>"));
    }

    @Test
    void aPodsContainersAreAddedUp() {
        var pod = Render.parse("""
                {"metadata":{"name":"p","namespace":"a"},"containers":[{"name":"x","usage":{"cpu":"1m","memory":"1Mi"}},
                {"name":"y","usage":{"cpu":"2m","memory":"2Mi"}}]}""");
        assertThat(TopCommand.podRows(List.of(pod), true, false))
                .isEqualTo(List.of(
                        List.of("NAMESPACE", "NAME", "CPU(cores)", "MEMORY(bytes)"), List.of("a", "p", "3m", "3Mi")));
        assertThat(TopCommand.podRows(List.of(pod), false, true))
                .isEqualTo(List.of(
                        List.of("POD", "NAME", "CPU(cores)", "MEMORY(bytes)"),
                        List.of("p", "x", "1m", "1Mi"),
                        List.of("p", "y", "2m", "2Mi")));
    }
}
