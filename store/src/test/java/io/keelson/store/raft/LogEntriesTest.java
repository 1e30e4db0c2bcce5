package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.CommandCodec;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.junit.jupiter.api.Test;

/** Goal: values are not copied out of the log, and never pin more of Ratis' memory than they are. */
class LogEntriesTest {

    private static final String VALUE = "v".repeat(5_000);

    private static final byte[] ENTRY = LogEntry.newBuilder()
            .addCommands(CommandCodec.encode(new Command.Put(PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("k"))
                    .setValue(ByteString.copyFromUtf8(VALUE))
                    .build())))
            .build()
            .toByteArray();

    private static String value(LogEntry entry) {
        return entry.getCommands(0).getPut().getValue().toStringUtf8();
    }

    /** Whether the entry's value follows what is done to the array. */
    private static boolean pointsInto(LogEntry entry, byte[] array) {
        Arrays.fill(array, (byte) 'x');
        return value(entry).startsWith("x");
    }

    @Test
    void anEntryPointsIntoTheArrayThatRatisHolds() throws IOException {
        byte[] held = ENTRY.clone();
        LogEntry entry = LogEntries.parse(UnsafeByteOperations.unsafeWrap(held)).getFirst();
        assertThat(value(entry)).isEqualTo(VALUE);
        assertThat(pointsInto(entry, held)).isTrue();
    }

    @Test
    void aMessageAroundTheEntryIsKeptWithIt() throws IOException {
        byte[] message = Arrays.copyOf(ENTRY, ENTRY.length + 100);
        LogEntry entry = LogEntries.parse(UnsafeByteOperations.unsafeWrap(message, 0, ENTRY.length))
                .getFirst();
        assertThat(value(entry)).isEqualTo(VALUE);
        assertThat(pointsInto(entry, message)).isTrue();
    }

    @Test
    void anEntryThatIsASmallPartOfAMessageIsCopied() throws IOException {
        byte[] message = Arrays.copyOf(ENTRY, ENTRY.length * 3);
        LogEntry entry = LogEntries.parse(UnsafeByteOperations.unsafeWrap(message, 0, ENTRY.length))
                .getFirst();
        assertThat(pointsInto(entry, message)).isFalse();
        assertThat(value(entry)).isEqualTo(VALUE);
    }

    @Test
    void anEntryInPiecesIsCopied() throws IOException {
        var half = UnsafeByteOperations.unsafeWrap(ENTRY, 0, 2_000);
        var rest = UnsafeByteOperations.unsafeWrap(ENTRY, 2_000, ENTRY.length - 2_000);
        assertThat(value(LogEntries.parse(half.concat(rest)).getFirst())).isEqualTo(VALUE);
    }

    @Test
    void entriesThatCameTogetherAreToldApartAgain() throws IOException {
        LogEntry one = entry("one", 1);
        LogEntry two = entry("two", 7);
        LogEntry three = entry("one", 2);
        var joined = LogEntries.join(Stream.of(one, two, three)
                .map(entry -> UnsafeByteOperations.unsafeWrap(entry.toByteArray()))
                .toList());
        List<LogEntry> entries = LogEntries.parse(joined);
        assertThat(entries.getFirst().toBuilder().clearTogether().build()).isEqualTo(one);
        assertThat(entries.subList(1, 3)).containsExactly(two, three);
    }

    @Test
    void valuesOfEntriesThatCameTogetherPointIntoOneArray() throws IOException {
        var joined = LogEntries.join(List.of(
                UnsafeByteOperations.unsafeWrap(ENTRY.clone()), UnsafeByteOperations.unsafeWrap(ENTRY.clone())));
        byte[] held = joined.toByteArray();
        LogEntry second =
                LogEntries.parse(UnsafeByteOperations.unsafeWrap(held)).getLast();
        assertThat(value(second)).isEqualTo(VALUE);
        assertThat(pointsInto(second, held)).isTrue();
    }

    private static LogEntry entry(String member, long sequence) throws IOException {
        return LogEntry.parseFrom(ENTRY).toBuilder()
                .setMember(member)
                .setIncarnation(3)
                .setSequence(sequence)
                .build();
    }
}
