package io.keelson.store.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviationTest {

    @Test
    void equalHashesAreGoodHoweverManyAnswer() {
        assertThat(Deviation.of(Map.of(1L, 7L, 2L, 7L, 3L, 7L), 3)).isEmpty();
        assertThat(Deviation.of(Map.of(1L, 7L), 3)).isEmpty();
        assertThat(Deviation.of(Map.of(), 3)).isEmpty();
    }

    @Test
    void whoIsNotWithTheMajorityDeviatesTheLeaderIncluded() {
        assertThat(Deviation.of(Map.of(1L, 8L, 2L, 7L, 3L, 7L), 3)).containsExactly(1L);
        assertThat(Deviation.of(Map.of(1L, 7L, 2L, 8L, 3L, 7L, 4L, 9L, 5L, 7L), 5))
                .containsExactly(2L, 4L);
    }

    @Test
    void withoutAMajorityNobodyCanSayWho() {
        assertThat(Deviation.of(Map.of(1L, 7L, 2L, 8L), 2)).containsExactly(Deviation.ANY);
        assertThat(Deviation.of(Map.of(1L, 7L, 2L, 8L), 3))
                .as("the third did not answer")
                .containsExactly(Deviation.ANY);
        assertThat(Deviation.of(Map.of(1L, 7L, 2L, 8L, 3L, 9L), 3)).containsExactly(Deviation.ANY);
    }
}
