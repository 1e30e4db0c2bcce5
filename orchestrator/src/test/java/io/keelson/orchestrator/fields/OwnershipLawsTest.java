package io.keelson.orchestrator.fields;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.orchestrator.fields.FieldManager.Applied;
import io.keelson.orchestrator.kind.Json;
import io.keelson.orchestrator.kind.Kinds;
import io.keelson.orchestrator.kind.Schema;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What holds whatever managers apply, update and give up, of pods by chance. The seed is the number of the repetition. */
class OwnershipLawsTest {

    private static final FieldType POD = FieldType.of(Schema.shape(Kinds.POD));
    private static final FieldType UNKNOWN = FieldType.DEDUCED;
    private static final Scope ALL = new Scope.AllBut(FieldSet.EMPTY);
    private static final List<String> NAMES = List.of("a", "b", "c");

    private record State(ObjectNode object, ManagedFields owners) {}

    private static Write applying(String name, int time) {
        return new Write(Manager.applying(name, ""), "v1", ALL, "2026-01-01T00:%02d:00Z".formatted(time));
    }

    private static Write updating(String name, int time) {
        return new Write(Manager.updating(name, "v1", ""), "v1", ALL, "2026-01-01T00:%02d:00Z".formatted(time));
    }

    private static Applied apply(FieldType type, State state, String name, int time, ObjectNode config, boolean force) {
        return FieldManager.apply(type, applying(name, time), state.object, config, state.owners, force);
    }

    private static State merged(Applied applied) {
        Applied.Merged merged = (Applied.Merged) applied;
        return new State(Json.withoutNulls(merged.object()), merged.owners());
    }

    private static State update(FieldType type, State state, String name, int time, ObjectNode to) {
        ManagedFields owners = state.object.isEmpty()
                ? FieldManager.create(type, updating(name, time), to, state.owners)
                : FieldManager.update(type, updating(name, time), state.object, to, state.owners);
        return new State(to, owners);
    }

    private static ObjectNode pod(Random random) {
        ObjectNode pod = Json.object().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = pod.putObject("metadata").put("name", "x");
        if (random.nextBoolean()) {
            ObjectNode labels = metadata.putObject("labels");
            for (String name : some(random)) {
                labels.put(name, value(random));
            }
        }
        if (random.nextInt(3) == 0) {
            some(random).forEach(metadata.withArray("finalizers")::add);
        }
        ObjectNode spec = pod.putObject("spec");
        if (random.nextBoolean()) {
            spec.put("hostname", value(random));
        }
        if (random.nextInt(3) == 0) {
            spec.putObject("nodeSelector").put(NAMES.get(random.nextInt(3)), value(random));
        }
        if (random.nextInt(4) == 0) {
            return pod;
        }
        ArrayNode containers = spec.putArray("containers");
        for (String name : some(random)) {
            ObjectNode container = containers.addObject().put("name", name);
            if (random.nextBoolean()) {
                container.put("image", value(random));
            }
            if (random.nextInt(3) == 0) {
                container.putArray("args").add(value(random));
            }
            if (random.nextBoolean()) {
                ArrayNode ports = container.putArray("ports");
                ports.addObject().put("containerPort", 80 + random.nextInt(2));
            }
        }
        return pod;
    }

    /** At least one: what is empty the registry does not tell from what is not there. */
    private static List<String> some(Random random) {
        String one = NAMES.get(random.nextInt(3));
        return NAMES.stream()
                .filter(name -> name.equals(one) || random.nextBoolean())
                .toList();
    }

    private static String value(Random random) {
        return "v" + random.nextInt(2);
    }

    /** A history of writes, after which the laws are looked at. */
    private static State history(FieldType type, Random random) {
        State state = new State(Json.object(), ManagedFields.NONE);
        int writes = random.nextInt(6);
        for (int time = 0; time < writes; time++) {
            String name = NAMES.get(random.nextInt(3));
            state = random.nextInt(3) == 0
                    ? update(type, state, name, time, pod(random))
                    : merged(apply(type, state, name, time, pod(random), true));
        }
        return state;
    }

    private static FieldType type(Random random) {
        return random.nextInt(4) == 0 ? UNKNOWN : POD;
    }

    private static FieldSet owned(ManagedFields owners, Manager manager) {
        return owners.of(manager).map(Ownership::fields).orElse(FieldSet.EMPTY);
    }

    /** The same record with something in each set that no reader knows, so that all of it is read at once. */
    private static ManagedFields readAtOnce(ManagedFields owners) {
        List<JsonNode> entries = List.copyOf(owners.encode().deepCopy().values());
        entries.forEach(entry -> ((ObjectNode) entry.get("fieldsV1")).putObject("x:1"));
        return ManagedFields.decode(entries);
    }

    /** Goal: what is left as it is written ends as what is read. Method: one write after a history, on either record. */
    @RepeatedTest(300)
    void aRecordThatIsReadFromAnObjectIsTheSameRecord(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FieldType type = type(random);
        State state = history(type, random);
        State kept = new State(
                state.object,
                ManagedFields.decode(List.copyOf(state.owners.encode().values())));
        State read = new State(state.object, readAtOnce(state.owners));
        String before = kept.owners.encode().toString();
        assertThat(kept.owners).isEqualTo(read.owners).isEqualTo(state.owners);
        ObjectNode config = pod(random);
        String name = NAMES.get(random.nextInt(3));
        State updated = update(type, kept, name, 50, config);
        assertThat(Json.parse("{\"o\":" + updated.owners.encode() + "}"))
                .isEqualTo(Json.parse(
                        "{\"o\":" + update(type, read, name, 50, config).owners.encode() + "}"));
        assertThat(updated.owners).isEqualTo(update(type, read, name, 50, config).owners);
        boolean force = random.nextBoolean();
        assertThat(apply(type, kept, name, 50, config, force)).isEqualTo(apply(type, read, name, 50, config, force));
        assertThat(kept.owners.encode().toString()).isEqualTo(before);
    }

    @RepeatedTest(300)
    void applyTwiceIsApplyOnce(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FieldType type = type(random);
        ObjectNode config = pod(random);
        State once = merged(apply(type, history(type, random), "a", 50, config, true));
        assertThat(merged(apply(type, once, "a", 51, config, false))).isEqualTo(once);
    }

    @RepeatedTest(300)
    void whatIsAppliedIsThereAndOwned(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FieldType type = type(random);
        State before = history(type, random);
        ObjectNode config = pod(random);
        State after = merged(apply(type, before, "a", 50, config, true));
        assertThat(Merging.merge(type, after.object, config)).isEqualTo(after.object);
        FieldSet mentioned = Mentioned.in(type, config);
        FieldSet owned = owned(after.owners, Manager.applying("a", ""));
        assertThat(owned.difference(mentioned).isEmpty()).isTrue();
        assertThat(mentioned.difference(owned).paths())
                .allMatch(path -> List.of(".apiVersion", ".kind", ".metadata", ".metadata.name")
                        .contains(path.toString()));
    }

    @RepeatedTest(300)
    void aConflictIsAnotherValueForWhatAnotherOwns(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FieldType type = type(random);
        State before = history(type, random);
        if (before.owners.isEmpty()) {
            return;
        }
        ObjectNode config = pod(random);
        State forced = merged(apply(type, before, "a", 50, config, true));
        FieldSet changed = Comparing.compare(type, before.object, forced.object).set();
        Manager self = Manager.applying("a", "");
        boolean others = before.owners.owners().entrySet().stream()
                .filter(owner -> !owner.getKey().equals(self))
                .anyMatch(owner ->
                        !owner.getValue().fields().intersection(changed).isEmpty());
        Applied tried = apply(type, before, "a", 50, config, false);
        assertThat(tried instanceof Applied.Refused).isEqualTo(others);
        if (!others) {
            assertThat(merged(tried)).isEqualTo(forced);
        }
    }

    /** Without force nobody else loses a value, or the record of it. */
    @RepeatedTest(300)
    void anApplyWithoutForceLeavesToOthersWhatIsTheirs(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FieldType type = type(random);
        State before = history(type, random);
        if (before.owners.isEmpty()
                || !(apply(type, before, "a", 50, pod(random), false) instanceof Applied.Merged merged)) {
            return;
        }
        ObjectNode after = Json.withoutNulls(merged.object());
        Comparison comparison = Comparing.compare(type, before.object, after);
        Manager self = Manager.applying("a", "");
        for (Map.Entry<Manager, Ownership> owner : before.owners.owners().entrySet()) {
            if (owner.getKey().equals(self) || owner.getKey().operation() == Manager.Operation.UPDATE) {
                continue;
            }
            FieldSet theirs = owner.getValue().fields();
            assertThat(theirs.intersection(comparison.modified()).isEmpty()).isTrue();
            assertThat(theirs.intersection(comparison.removed()).paths())
                    .as("an applier owns its items, and so they stay")
                    .isEmpty();
            assertThat(owned(merged.owners(), owner.getKey())).isEqualTo(theirs);
        }
    }

    @RepeatedTest(300)
    void whatTheOnlyApplierGivesUpGoesAndNothingElse(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FieldType type = type(random);
        State before = merged(apply(type, history(type, random), "a", 50, pod(random), true));
        ObjectNode nothing = Json.object().put("apiVersion", "v1").put("kind", "Pod");
        nothing.putObject("metadata").put("name", "x");
        State after = merged(apply(type, before, "a", 51, nothing, false));
        Manager self = Manager.applying("a", "");
        assertThat(owned(after.owners, self)
                        .difference(FieldSet.of(FieldPath.of("metadata")))
                        .isEmpty())
                .isTrue();
        FieldSet others = before.owners.without(self).all();
        Comparison comparison = Comparing.compare(type, before.object, after.object);
        assertThat(comparison.set().isEmpty()).isTrue();
        FieldSet left = Mentioned.in(type, after.object);
        FieldSet orphans = owned(before.owners, self).difference(DeclaredFields.in(type, others));
        // A field of which others own a part is still there, but is not the applier's any more.
        assertThat(orphans.intersection(left).paths()).allMatch(path -> leads(path, others));
    }

    private static boolean leads(FieldPath path, FieldSet others) {
        return others.paths().stream()
                .anyMatch(other -> other.elements().size() > path.elements().size()
                        && other.elements().subList(0, path.elements().size()).equals(path.elements()));
    }

    @RepeatedTest(300)
    void aComparisonSaysWhatTurnsOneIntoTheOther(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        FieldType type = type(random);
        ObjectNode from = pod(random);
        ObjectNode to = pod(random);
        Comparison there = Comparing.compare(type, from, to);
        Comparison back = Comparing.compare(type, to, from);
        assertThat(there.added()).isEqualTo(back.removed());
        assertThat(there.removed()).isEqualTo(back.added());
        assertThat(there.modified()).isEqualTo(back.modified());
        assertThat(Comparing.compare(type, from, from).isEmpty()).isTrue();
        ObjectNode merged = Merging.merge(type, Removing.without(type, from, there.removed()), to);
        assertThat(Comparing.compare(type, merged, to).set().isEmpty()).isTrue();
    }
}
