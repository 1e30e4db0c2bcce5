package io.keelson.agent.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.keelson.agent.pod.DesiredPod;
import io.keelson.agent.runtime.PodId;
import io.keelson.agent.volume.VolumeProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ServiceAccountTokensTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String TOKEN = "{\"path\":\"token\",\"expirationSeconds\":1000}";

    private final List<String> asked = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private boolean away;
    private final ServiceAccountTokens tokens = new ServiceAccountTokens(new Issuer(), () -> now);

    /** Gives tokens and nothing else. */
    private final class Issuer implements ControlPlane {
        @Override
        public Token token(PodId pod, String account, Optional<String> audience, long seconds) {
            if (away) {
                throw new Unreachable("away", new IllegalStateException());
            }
            asked.add(pod.name() + " " + account + " " + audience.orElse("-") + " " + seconds);
            return new Token("t" + asked.size(), now.plusSeconds(seconds));
        }

        @Override
        public Registration register(Node node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void heartbeat(Optional<NodeStatus> status) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void watch(Consumer<Change> changes) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Reported reportPod(PodId pod, PodStatus status) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void podEnded(PodId pod, PodStatus last) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void recordEvent(NodeEvent event) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {}
    }

    private static DesiredPod pod(String uid) {
        return new DesiredPod(JSON.readValue("""
                {"metadata":{"name":"p","namespace":"default","uid":"%s"},
                 "spec":{"serviceAccountName":"bot","volumes":[{"name":"v","projected":{"sources":[{"serviceAccountToken":%s}]}}],
                  "containers":[{"name":"c","image":"i"}]}}""".formatted(uid, TOKEN), Pod.class));
    }

    private static ServiceAccountTokenProjection projection(String json) {
        return JSON.readValue(json, ServiceAccountTokenProjection.class);
    }

    @Test
    void aTokenStaysUntilFourFifthsOfItsTimeAreOver() throws VolumeProblem {
        var pod = pod("u");
        assertThat(tokens.isDue(pod)).as("nobody has asked yet").isFalse();
        assertThat(tokens.token(pod, projection(TOKEN))).isEqualTo("t1");
        now = now.plusSeconds(799);
        assertThat(tokens.isDue(pod)).isFalse();
        assertThat(tokens.token(pod, projection(TOKEN))).isEqualTo("t1");
        now = now.plusSeconds(1);
        assertThat(tokens.isDue(pod)).isTrue();
        assertThat(tokens.token(pod, projection(TOKEN))).isEqualTo("t2");
        assertThat(tokens.isDue(pod)).isFalse();
        assertThat(asked).containsExactly("p bot - 1000", "p bot - 1000");
    }

    @Test
    void noTokenIsOlderThanADay() throws VolumeProblem {
        var yearly = projection("{\"path\":\"token\",\"audience\":\"vault\",\"expirationSeconds\":31536000}");
        assertThat(tokens.token(pod("u"), yearly)).isEqualTo("t1");
        now = now.plus(Duration.ofHours(24));
        assertThat(tokens.token(pod("u"), yearly)).isEqualTo("t2");
        assertThat(asked).contains("p bot vault 31536000");
    }

    @Test
    void aTokenIsKeptToItsEndWhenNobodyGivesAnother() throws VolumeProblem {
        var pod = pod("u");
        assertThat(tokens.token(pod, projection(TOKEN))).isEqualTo("t1");
        away = true;
        now = now.plusSeconds(900);
        assertThat(tokens.token(pod, projection(TOKEN))).isEqualTo("t1");
        assertThat(tokens.isDue(pod)).isTrue();
        now = now.plusSeconds(100);
        assertThatThrownBy(() -> tokens.token(pod, projection(TOKEN)))
                .isInstanceOf(VolumeProblem.class)
                .hasMessage("failed to fetch token: away");
    }

    @Test
    void eachPodHasItsOwnAndItGoesWithThePod() throws VolumeProblem {
        assertThat(tokens.token(pod("u"), projection(TOKEN))).isEqualTo("t1");
        assertThat(tokens.token(pod("w"), projection(TOKEN))).isEqualTo("t2");
        tokens.forget("u");
        assertThat(tokens.token(pod("u"), projection(TOKEN))).isEqualTo("t3");
        assertThat(tokens.token(pod("w"), projection(TOKEN))).isEqualTo("t2");
        assertThat(new ControlPlane.Token("secret", now)).asString().doesNotContain("secret");
    }
}
