package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.RangeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: the core decides as etcd's rules say. Method: random commands and reads, from a seed, go to the core over a view in
 * memory and to {@link NaiveStore}; every answer must be the same, and so must the history at the end.
 */
class MvccDifferentialTest {

    private static final KeyRange ALL =
            KeyRange.of(ByteString.copyFrom(new byte[] {0}), ByteString.copyFrom(new byte[] {0}));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void answersAndHistoryAreThoseOfTheNaiveStore(long seed) {
        var requests = new RandomRequests(new Random(seed));
        var oracle = new NaiveStore();
        var view = new TreeView();
        for (int step = 0; step < 1_500; step++) {
            Command command = requests.command(view.revision());
            if (Oracle.check(command).isEmpty()) {
                Applied applied = Mvcc.apply(view, command);
                view.take(applied);
                assertThat(applied.answer())
                        .as("seed %d, step %d: %s", seed, step, command)
                        .isEqualTo(Oracle.answer(oracle, command));
                assertThat(applied.revision()).isEqualTo(oracle.revision());
            }
            RangeRequest range = requests.range(view.revision());
            if (RequestCheck.check(range).isEmpty()) {
                assertThat(Oracle.read(view, range))
                        .as("seed %d, step %d: %s", seed, step, range)
                        .isEqualTo(Oracle.range(oracle, range));
            }
        }
        assertThat(oracle.revision()).as("the run did something").isGreaterThan(300);
        for (long at = Math.max(2, view.compactRevision() + 1); at <= view.revision(); at++) {
            List<Change> changes = view.history(ALL, at, at).getOrDefault(at, List.of());
            assertThat(changes.stream().map(MvccDifferentialTest::happened).toList())
                    .as("seed %d, history at revision %d", seed, at)
                    .containsExactlyInAnyOrderElementsOf(oracle.events(at));
        }
    }

    private static NaiveStore.Happened happened(Change change) {
        return switch (change) {
            case Change.Put(var kv, long _) -> new NaiveStore.Happened(kv.getKey(), kv.getModRevision(), List.of(kv));
            case Change.Delete(var key, long at, long _) -> new NaiveStore.Happened(key, at, List.of());
            case Change.LeaseGranted _,
                    Change.LeaseCheckpointed _,
                    Change.LeaseRevoked _,
                    Change.AlarmRaised _,
                    Change.AlarmLowered _,
                    Change.Compacted _ -> throw new AssertionError(change);
            case Change.Auth _, Change.TokenAssigned _ -> throw new AssertionError(change);
            case Change.Members _, Change.AnswerKept _, Change.AnswerForgotten _ -> throw new AssertionError(change);
        };
    }

    /** Commands of one entry are decided before anything is written; it must make no difference. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void entriesOfManyCommandsDoWhatTheCommandsDoOneByOne(long seed) {
        var random = new Random(seed);
        var requests = new RandomRequests(random);
        var oracle = new NaiveStore();
        var view = new TreeView();
        for (int entry = 0; entry < 120; entry++) {
            var pending = new PendingView(view);
            var applied = new ArrayList<Applied>();
            for (int i = random.nextInt(12); i >= 0; i--) {
                Command command = requests.command(pending.revision());
                Optional<Refusal> refusal = Oracle.check(command);
                if (refusal.isPresent()) {
                    continue;
                }
                Applied done = Mvcc.apply(pending, command);
                pending.take(done);
                applied.add(done);
                assertThat(done.answer())
                        .as("seed %d, entry %d: %s", seed, entry, command)
                        .isEqualTo(Oracle.answer(oracle, command));
                RangeRequest range = requests.range(pending.revision());
                if (RequestCheck.check(range).isEmpty()) {
                    assertThat(Oracle.read(pending, range))
                            .as("seed %d, entry %d: %s", seed, entry, range)
                            .isEqualTo(Oracle.range(oracle, range));
                }
            }
            applied.forEach(view::take);
        }
        assertThat(oracle.revision()).isGreaterThan(100);
    }
}
