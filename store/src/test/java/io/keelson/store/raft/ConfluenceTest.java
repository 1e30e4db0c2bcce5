package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.proto.store.v1.LogEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.junit.jupiter.api.Test;

/** Goal: what comes while an entry is on its way goes together, each hears its own fate, and nobody waits for ever. */
class ConfluenceTest {

    /** What the log was given, and who is told when it is committed. */
    private record Given(List<String> members, CompletableFuture<Optional<IOException>> outcome) {}

    private final List<Given> log = new ArrayList<>();
    private long nanos;
    private final Confluence confluence = new Confluence(this::write, () -> nanos);

    private CompletableFuture<Optional<IOException>> write(ByteString entry) {
        try {
            var given = new Given(
                    LogEntries.parse(entry).stream().map(LogEntry::getMember).toList(), new CompletableFuture<>());
            log.add(given);
            return given.outcome;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private CompletableFuture<Optional<IOException>> add(String member) {
        return confluence.add(UnsafeByteOperations.unsafeWrap(
                LogEntry.newBuilder().setMember(member).build().toByteArray()));
    }

    @Test
    void whatComesWhileAnEntryIsOnItsWayGoesTogetherAfterIt() {
        var first = add("a");
        var second = add("b");
        var third = add("c");
        assertThat(log).extracting(Given::members).containsExactly(List.of("a"));
        log.getFirst().outcome.complete(Optional.empty());
        assertThat(first).isCompletedWithValue(Optional.empty());
        assertThat(log).extracting(Given::members).containsExactly(List.of("a"), List.of("b", "c"));
        assertThat(second).isNotDone();
        log.getLast().outcome.complete(Optional.empty());
        assertThat(second).isCompletedWithValue(Optional.empty());
        assertThat(third).isCompletedWithValue(Optional.empty());
        assertThat(log).hasSize(2);
    }

    @Test
    void whoWasTogetherHearsTheSameProblemAndTheNextGoesOn() {
        var _ = add("a");
        var second = add("b");
        var third = add("c");
        log.getFirst().outcome.complete(Optional.empty());
        var fourth = add("d");
        var problem = new IOException("another leads");
        log.getLast().outcome.complete(Optional.of(problem));
        assertThat(second).isCompletedWithValue(Optional.of(problem));
        assertThat(third).isCompletedWithValue(Optional.of(problem));
        assertThat(log.getLast().members).containsExactly("d");
        log.getLast().outcome.completeExceptionally(problem);
        assertThat(fourth).isCompletedExceptionally();
    }

    @Test
    void anEntryWhoseFateIsNotToldHoldsUpOthersForASecondOnly() {
        var lost = add("a");
        var _ = add("b");
        nanos = TimeUnit.SECONDS.toNanos(1) - 1;
        var _ = add("c");
        assertThat(log).hasSize(1);
        nanos++;
        var _ = add("d");
        assertThat(log.getLast().members).containsExactly("b", "c", "d");
        assertThat(lost).isNotDone();
        log.getFirst().outcome.complete(Optional.empty());
        assertThat(lost).isDone();
        var _ = add("e");
        assertThat(log).as("the second is still on its way").hasSize(2);
    }

    @Test
    void aLogThatRefusesAtOnceIsAskedForEachByItself() {
        var refusing = new Confluence(
                entry -> CompletableFuture.completedFuture(Optional.of(new IOException("not the leader"))), () -> 0);
        for (int i = 0; i < 3; i++) {
            assertThat(refusing.add(ByteString.EMPTY).join()).isPresent();
        }
    }

    @Test
    void entriesThatAreLargeTogetherGoOneAfterTheOther() {
        var _ = add("a");
        String large = "l".repeat(700_000);
        var _ = add(large);
        var _ = add(large);
        log.getFirst().outcome.complete(Optional.empty());
        assertThat(log.getLast().members).hasSize(1);
        log.getLast().outcome.complete(Optional.empty());
        assertThat(log).hasSize(3);
    }
}
