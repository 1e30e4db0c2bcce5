package io.keelson.orchestrator.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.keelson.orchestrator.kind.IncludeObject;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kind;
import io.keelson.orchestrator.kind.Tables;
import io.keelson.orchestrator.patch.PatchException;
import io.keelson.orchestrator.patch.Patches;
import io.keelson.orchestrator.patch.ThreeWay;
import io.keelson.orchestrator.select.FieldSelector;
import io.keelson.orchestrator.testing.Mutations;
import io.keelson.orchestrator.testing.Samples;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/**
 * Objects of every kind, made wrong by chance: the registry takes them or says what is wrong, and whatever it takes can be stored, read,
 * selected, shown in a table, patched and updated.
 */
class ObjectFuzzTest {

    private static final Given GIVEN = new Given(Instant.parse("2026-01-01T00:00:00Z"), "UID", "abcde");

    private static Optional<ObjectNode> stored(Prepared prepared) {
        return prepared instanceof Prepared.Store store ? Optional.of(store.object()) : Optional.empty();
    }

    @Test
    void whateverIsSentIsRefusedWithAReasonOrCanBeWorkedWith() throws IOException {
        List<ObjectNode> samples = Samples.objects();
        long seed = Mutations.seed();
        Random random = new Random(seed);
        Mutations mutations = new Mutations(random, Samples.fieldNames());
        int taken = 0;
        int rounds = Mutations.rounds(12_000);
        for (int round = 0; round < rounds; round++) {
            ObjectNode sample = samples.get(random.nextInt(samples.size()));
            Kind kind = Samples.kind(sample);
            String namespace = kind.namespaced() ? "ns" : "";
            ObjectNode sent = mutations.of(sample);
            ObjectNode other = mutations.of(sample);
            try {
                // As from the wire.
                ObjectNode incoming = Json.parse(Json.write(sent));
                Optional<ObjectNode> created =
                        stored(Registry.create(kind, namespace, incoming, anyValidation(random), GIVEN));
                Optional<ObjectNode> live = created.or(() ->
                        stored(Registry.create(kind, namespace, sample.deepCopy(), FieldValidation.STRICT, GIVEN)));
                if (created.isPresent()) {
                    taken++;
                    workWith(kind, created.get());
                }
                live.ifPresent(object -> change(kind, object, other, mutations, random));
            } catch (RuntimeException | StackOverflowError e) {
                fail("seed " + seed + ", round " + round + ": " + sent + "\nand " + other, e);
            }
        }
        assertThat(taken).as("objects that were taken").isGreaterThan(rounds / 20);
    }

    private static FieldValidation anyValidation(Random random) {
        return List.of(FieldValidation.values()).get(random.nextInt(3));
    }

    private static void workWith(Kind kind, ObjectNode object) {
        assertThat(Json.parse(Json.write(object))).isEqualTo(Json.parse(Json.write(Json.parse(Json.write(object)))));
        for (String field : kind.strategy().fields().keySet()) {
            FieldSelector.parse(kind, field + "=x").matches(object);
        }
        ObjectNode shown = object.deepCopy();
        Json.child(shown, "metadata").put("resourceVersion", "7");
        for (IncludeObject include : IncludeObject.values()) {
            Tables.table(kind, List.of(shown), GIVEN.now(), include);
        }
        Holdings.of(kind, object);
        if (kind.subresources().contains("scale")) {
            Scale.of(kind, shown);
        }
    }

    private static void change(Kind kind, ObjectNode live, ObjectNode other, Mutations mutations, Random random) {
        ObjectNode stored = live.deepCopy();
        Json.child(stored, "metadata").put("resourceVersion", "7");
        List<ObjectNode> next = new ArrayList<>(List.of(other, mutations.of(stored)));
        try {
            next.add(Patches.strategic(kind, stored, other));
            next.add(ThreeWay.apply(kind, Optional.of(other), stored, mutations.of(other)));
        } catch (PatchException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
        for (ObjectNode each : next) {
            ObjectNode incoming = Json.parse(Json.write(each));
            List<String> ways = new ArrayList<>(kind.subresources());
            ways.retainAll(List.of("status", "scale", "finalize", "approval", "ephemeralcontainers", "binding"));
            ways.add("");
            Prepared prepared = Registry.update(
                    kind, ways.get(random.nextInt(ways.size())), stored, incoming, anyValidation(random));
            stored(prepared).ifPresent(object -> workWith(kind, object));
        }
    }
}
