package io.keelson.orchestrator.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.control.Controller;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.view.Change;
import io.keelson.orchestrator.view.Cluster;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Picture;
import io.keelson.orchestrator.view.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Method: a controller that always orders what it is told to, on a picture with one pod at revision 1. */
final class ReconcilerTest {

    private static final Ref POD = Picture.ref(Kinds.POD, "p");
    private static final Instant NOW = Picture.THEN;
    private static final Action WRITE = new Action.Patch(POD, 1, Json.object());

    private final ClusterImage image = Picture.empty()
            .with("{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"metadata\": {\"name\": \"p\"}}")
            .image();
    private List<Action> answer = List.of(WRITE);
    private final List<Work> broken = new ArrayList<>();
    private final Controller controller = new Controller() {
        @Override
        public String name() {
            return "test";
        }

        @Override
        public Stream<Ref> touchedBy(Change change, Cluster cluster) {
            if (change.ref().name().equals("odd")) {
                throw new IllegalStateException("a mistake");
            }
            return Stream.of(change.ref());
        }

        @Override
        public List<Action> reconcile(Cluster cluster, Ref ref, Instant now) {
            if (answer.isEmpty()) {
                throw new IllegalStateException("a mistake");
            }
            return answer;
        }
    };
    private final Reconciler reconciler =
            new Reconciler(List.of(controller), image, (work, mistake) -> broken.add(work));

    private List<Order> next(Instant now) {
        return reconciler.next(now, 10);
    }

    private void change(long revision) {
        ObjectNode pod = image.get(POD).orElseThrow().json();
        image.reached(revision);
        reconciler.changed(image.set(new ClusterObject(POD, pod, 1, revision, NOW)));
    }

    @Test
    void whatIsBusyIsNotLookedAt() {
        assertThat(next(NOW)).hasSize(1);
        change(2);

        assertThat(next(NOW)).isEmpty();
    }

    @Test
    void afterAWriteTheObjectIsHeldUntilThePictureShowsIt() {
        Order order = next(NOW).getFirst();
        reconciler.performed(order, new Outcome.Done(5), NOW);
        change(4);
        assertThat(next(NOW)).isEmpty();

        change(5);
        assertThat(next(NOW)).hasSize(1);
    }

    @Test
    void failuresAreTriedAgainEverMoreSlowly() {
        Instant now = NOW;
        for (int failures = 1; failures <= 12; failures++) {
            Order order = next(now).getFirst();
            reconciler.performed(order, new Outcome.Failed("no answer"), now);
            Instant again = now.plus(Reconciler.retryDelay(failures));
            assertThat(next(again.minusMillis(1)))
                    .as("before retry %d", failures)
                    .isEmpty();
            assertThat(reconciler.wakeAt()).contains(again);
            now = again;
        }
        assertThat(Reconciler.retryDelay(12)).isEqualTo(Reconciler.LAST_RETRY);
        assertThat(Reconciler.retryDelay(1_000_000)).isEqualTo(Reconciler.LAST_RETRY);
    }

    @Test
    void aWriteThatChangesNothingIsNotRepeatedAtOnce() {
        Order order = next(NOW).getFirst();
        reconciler.performed(order, new Outcome.Done(1), NOW);

        assertThat(next(NOW)).isEmpty();
        assertThat(next(NOW.plus(Reconciler.FIRST_RETRY))).hasSize(1);
    }

    @Test
    void aRefusalIsToldToTheControllerAtOnceAndForgottenAfterSuccess() {
        Refusal refusal = new Refusal("Forbidden", "quota");
        reconciler.performed(next(NOW).getFirst(), new Outcome.Refused(refusal), NOW);
        assertThat(image.refusal(POD)).contains(refusal);

        Order again = next(NOW).getFirst();
        reconciler.performed(again, new Outcome.Refused(refusal), NOW);
        assertThat(next(NOW)).as("no news").isEmpty();

        reconciler.performed(next(NOW.plusSeconds(60)).getFirst(), new Outcome.Done(2), NOW.plusSeconds(60));
        assertThat(image.refusal(POD)).isEmpty();
    }

    @Test
    void aTimerWakesAndALaterAnswerTakesItsPlace() {
        answer = List.of(new Action.LookAgain(POD, NOW.plusSeconds(10)));
        assertThat(next(NOW)).isEmpty();
        assertThat(reconciler.wakeAt()).contains(NOW.plusSeconds(10));

        answer = List.of(new Action.LookAgain(POD, NOW.plusSeconds(20)));
        change(2);
        assertThat(next(NOW)).isEmpty();
        assertThat(reconciler.wakeAt()).contains(NOW.plusSeconds(20));

        answer = List.of(WRITE);
        assertThat(next(NOW.plusSeconds(19))).isEmpty();
        assertThat(next(NOW.plusSeconds(20))).hasSize(1);
    }

    @Test
    void aMistakeInAControllerIsToldAndOnlyThatObjectWaits() {
        answer = List.of();
        assertThat(next(NOW)).isEmpty();
        assertThat(broken).containsExactly(new Work(controller, POD));

        answer = List.of(WRITE);
        assertThat(next(NOW)).isEmpty();
        assertThat(next(NOW.plus(Reconciler.FIRST_RETRY))).hasSize(1);
    }

    @Test
    void aControllerThatCannotSayWhatAnObjectTouchesGoesOnWithTheOthers() {
        Ref odd = Picture.ref(Kinds.POD, "odd");
        reconciler.changed(image.set(new ClusterObject(odd, Json.object(), 2, 2, NOW)));

        assertThat(broken).containsExactly(new Work(controller, odd));
        assertThat(next(NOW)).hasSize(1);
    }
}
