package io.keelson.orchestrator.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.orchestrator.control.Action;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Ref;
import io.keelson.orchestrator.registry.Deletion;
import io.keelson.orchestrator.registry.FieldValidation;
import io.keelson.orchestrator.registry.Given;
import io.keelson.orchestrator.registry.Prepared;
import io.keelson.orchestrator.registry.Propagation;
import io.keelson.orchestrator.registry.Registry;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.Samples;
import io.keelson.orchestrator.view.ClusterImage;
import io.keelson.orchestrator.view.ClusterObject;
import io.keelson.orchestrator.view.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * Goal: no controller, nor the scheduler, fails on anything that the registry lets in; one object must not stop what is done for others.
 *
 * <p>Method: objects of every kind, made wrong by chance, that name and own each other, come, change, end and go; all controllers look. What
 * they order comes into the picture, is refused, or is lost.
 */
class ControllersFuzzTest {

    private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

    /** A picture is given up after so many rounds: in a full one everything has been seen. */
    private static final int ROUNDS_OF_A_PICTURE = 300;

    private final long seed = Mutations.seed();
    private final Random random = new Random(seed);
    private final Mutations mutations = new Mutations(random, Samples.fieldNames());
    private final List<ObjectNode> samples =
            Samples.objects().stream().filter(this::isStored).toList();

    private ClusterImage image = new ClusterImage(Kinds.builtIn());
    private Reconciler reconciler = reconciler();
    private Instant now = THEN;
    private long revision;
    private int ordered;
    private String last = "";

    private boolean isStored(ObjectNode sample) {
        return Samples.kind(sample).persistent();
    }

    private Reconciler reconciler() {
        return new Reconciler(ControlLoop.controllers("PEM"), image, (work, mistake) -> fail(what(work), mistake));
    }

    private String what(Object about) {
        return "seed " + seed + ": " + about + "; last came " + last;
    }

    @Test
    void noControllerFailsOnWhatTheRegistryLetsIn() {
        int rounds = Mutations.rounds(3_000);
        for (int round = 0; round < rounds; round++) {
            if (round % ROUNDS_OF_A_PICTURE == 0) {
                image = new ClusterImage(Kinds.builtIn());
                reconciler = reconciler();
            }
            now = now.plusMillis(random.nextInt(60_000));
            last = "";
            try {
                happen();
                for (Order order : reconciler.next(now, 200)) {
                    reconciler.performed(order, perform(order.action()), now);
                }
            } catch (RuntimeException | StackOverflowError e) {
                fail("round " + round + ", " + what("the picture"), e);
            }
        }
        assertThat(ordered).as("actions of controllers").isGreaterThan(rounds / 20);
    }

    private void happen() {
        List<ClusterObject> there = new ArrayList<>();
        image.forEach(change -> change.after().ifPresent(there::add));
        if (there.isEmpty() || random.nextInt(3) == 0) {
            come(there);
            return;
        }
        ClusterObject one = there.get(random.nextInt(there.size()));
        ObjectNode live = live(one);
        switch (random.nextInt(8)) {
            case 0 -> image.remove(one.ref()).ifPresent(reconciler::changed);
            case 1, 2 ->
                take(
                        one.ref(),
                        Deletion.delete(
                                one.kind(),
                                live,
                                new Deletion.Wish(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of(random.nextLong() >>> (1 + random.nextInt(63))),
                                        List.of(Propagation.values()).get(random.nextInt(3))),
                                now));
            case 3 ->
                take(one.ref(), Registry.update(one.kind(), "", live, mutations.of(live), FieldValidation.IGNORE));
            default ->
                take(one.ref(), Registry.update(one.kind(), "status", live, status(live), FieldValidation.IGNORE));
        }
    }

    /** With the status of a sample of its kind, made wrong. */
    private ObjectNode status(ObjectNode live) {
        ObjectNode with = live.deepCopy();
        samples.stream()
                .filter(sample -> sample.path("kind").equals(live.path("kind")) && sample.has("status"))
                .forEach(sample -> with.set("status", sample.get("status").deepCopy()));
        ObjectNode mutated = mutations.of(with);
        mutated.set("metadata", with.get("metadata"));
        return mutated;
    }

    private static ObjectNode live(ClusterObject object) {
        ObjectNode live = object.json().deepCopy();
        Json.child(live, "metadata").put("resourceVersion", Long.toString(object.revision()));
        return live;
    }

    private void come(List<ClusterObject> there) {
        ObjectNode sample = samples.get(random.nextInt(samples.size()));
        Kind kind = Samples.kind(sample);
        ObjectNode sent = random.nextInt(4) == 0 ? sample.deepCopy() : mutations.of(sample);
        ObjectNode metadata = Json.child(sent, "metadata");
        metadata.remove("namespace");
        if (!there.isEmpty() && random.nextBoolean()) {
            ClusterObject owner = there.get(random.nextInt(there.size()));
            metadata.putArray("ownerReferences")
                    .addObject()
                    .put("apiVersion", owner.kind().apiVersion())
                    .put("kind", owner.kind().kind())
                    .put("name", owner.name())
                    .put("uid", owner.uid())
                    .put("controller", random.nextInt(4) > 0);
        }
        String namespace = kind.namespaced() ? "x" : "";
        create(kind, namespace, sent);
    }

    private Outcome create(Kind kind, String namespace, ObjectNode sent) {
        Given given = new Given(now, "uid-" + revision, "abcde");
        Prepared prepared = Registry.create(kind, namespace, sent, FieldValidation.IGNORE, given);
        if (prepared instanceof Prepared.Store store) {
            String name = Json.string(store.object(), "metadata", "name").orElseThrow();
            return take(new Ref(kind, namespace, name), prepared);
        }
        return new Outcome.Refused(new Refusal("Invalid", "no"));
    }

    private Outcome take(Ref ref, Prepared prepared) {
        return switch (prepared) {
            case Prepared.Store store -> {
                // As from the store, and only what nobody refuses on the way there.
                byte[] bytes = Json.write(store.object());
                last = ref + " " + Json.text(store.object());
                revision++;
                long created = image.get(ref).map(ClusterObject::createRevision).orElse(revision);
                reconciler.changed(image.set(ClusterObject.read(ref, bytes, created, revision, now)));
                image.reached(revision);
                yield new Outcome.Done(revision);
            }
            case Prepared.Remove _ -> {
                image.remove(ref).ifPresent(reconciler::changed);
                yield new Outcome.Done(revision);
            }
            case Prepared.Unchanged _ -> new Outcome.Done(0);
            case Prepared.Refuse _ -> new Outcome.Refused(new Refusal("Invalid", "no"));
        };
    }

    private Outcome perform(Action action) {
        ordered++;
        if (random.nextInt(10) == 0) {
            return new Outcome.Failed("by chance");
        }
        return switch (action) {
            case Action.Create create ->
                create(
                        create.ref().kind(),
                        create.ref().namespace(),
                        create.object().deepCopy());
            case Action.Update update ->
                image.get(update.ref())
                        .map(object -> take(
                                update.ref(),
                                Registry.update(
                                        update.ref().kind(),
                                        update.subresource(),
                                        live(object),
                                        update.object().deepCopy(),
                                        FieldValidation.IGNORE)))
                        .orElseGet(() -> new Outcome.Stale("gone"));
            case Action.Announced announced -> perform(announced.write());
            case Action.Patch _, Action.Delete _, Action.Bind _, Action.LookAgain _, Action.RecordEvent _ ->
                new Outcome.Stale("by chance");
        };
    }
}
