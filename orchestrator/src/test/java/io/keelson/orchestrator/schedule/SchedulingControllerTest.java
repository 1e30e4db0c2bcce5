package io.keelson.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Picture;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchedulingControllerTest {

    private final SchedulingController controller = new SchedulingController();
    private final Picture picture = Picture.empty();

    private static String pod(String spec, String status) {
        return """
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "uid": "1"}, "spec": {%s}, "status": {%s}}""".formatted(spec, status);
    }

    /** Whether a plan is made when the pod has this form after another. */
    private boolean isNews(String before, String after) {
        picture.with(before);
        ClusterObject was = picture.image().get(Picture.ref(Kinds.POD, "a")).orElseThrow();
        picture.with(after);
        ClusterObject is = picture.image().get(Picture.ref(Kinds.POD, "a")).orElseThrow();
        return controller
                        .touchedBy(new Change(is.ref(), Optional.of(was), Optional.of(is)), picture.image())
                        .count()
                > 0;
    }

    @Test
    void whatAPlanLooksAtIsNewsAndAStatusIsNot() {
        assertThat(isNews(pod("", ""), pod("", "\"conditions\": [{\"type\": \"PodScheduled\"}]")))
                .isFalse();
        assertThat(isNews(pod("\"schedulingGates\": [{\"name\": \"g\"}]", ""), pod("", "")))
                .isTrue();
    }

    @Test
    void podsOfOtherSchedulersAreNobodysBusiness() {
        assertThat(isNews(
                        pod("\"schedulerName\": \"other\"", ""),
                        pod("\"schedulerName\": \"other\", \"priority\": 1", "")))
                .isFalse();
    }

    @Test
    void aPodThatIsUnboundAndNewIsNews() {
        picture.with(pod("", ""));
        ClusterObject is = picture.image().get(Picture.ref(Kinds.POD, "a")).orElseThrow();
        assertThat(controller.touchedBy(new Change(is.ref(), Optional.empty(), Optional.of(is)), picture.image()))
                .containsExactly(SchedulingController.QUEUE);
    }
}
