package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.store.v1.LogCommand;
import io.keelson.proto.store.v1.LogEntry;
import io.keelson.store.Mutations;
import io.keelson.store.mvcc.Applied;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.CommandCodec;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.mvcc.Oracle;
import io.keelson.store.mvcc.PendingView;
import io.keelson.store.mvcc.RandomRequests;
import io.keelson.store.mvcc.TreeView;
import io.keelson.store.rocks.RocksState;
import io.keelson.store.wire.Link;
import io.keelson.store.wire.Tunnel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Goal: no bytes in the log do anything but one of two things: an entry is applied, or the replica stops and says why; nothing hangs,
 * nothing asks for gigabytes, nothing is half applied. Method: entries of random commands, broken in random places from a seed, and whole
 * members that are given such an entry.
 */
class LogEntriesFuzzTest {

    private static final int ENTRIES = 4_000;

    @TempDir
    Path directory;

    private static LogEntry entry(Random random, RandomRequests requests, long newest) {
        var entry = LogEntry.newBuilder().setMember("1f").setIncarnation(7).setSequence(1 + random.nextInt(100));
        for (int i = random.nextInt(4); i >= 0; i--) {
            Command command = requests.command(newest);
            if (Oracle.check(command).isPresent()) {
                continue;
            }
            boolean hasAnswer = !(command instanceof Command.LeaseCheckpoint || command instanceof Command.Alarm);
            if (hasAnswer && random.nextInt(3) == 0) {
                command = new Command.Once("id-" + random.nextInt(20), ByteString.copyFromUtf8("print"), command);
            }
            if (random.nextInt(3) == 0) {
                command = new Command.As(Caller.user("ada", random.nextInt(4)), command);
            }
            entry.addCommands(CommandCodec.encode(command));
        }
        return entry.build();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @Timeout(value = 2, unit = TimeUnit.MINUTES)
    void brokenEntriesAreAppliedWholeOrNotAtAll(long seed) {
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var requests = new RandomRequests(random);
        var view = new TreeView();
        int applied = 0;
        int refused = 0;
        for (int i = 0; i < ENTRIES; i++) {
            byte[] good = entry(random, requests, view.revision()).toByteArray();
            byte[] bytes = random.nextInt(5) == 0 ? good : Mutations.of(good, random);
            try {
                var pending = new PendingView(view);
                var done = new ArrayList<Applied>();
                for (LogCommand command : LogEntries.parse(bytes).getFirst().getCommandsList()) {
                    Applied one = Mvcc.apply(pending, CommandCodec.decode(command));
                    pending.take(one);
                    done.add(one);
                }
                done.forEach(view::take);
                applied++;
            } catch (IOException | IllegalArgumentException expected) {
                // What stops a replica: it says why.
                assertThat(expected.getMessage())
                        .as("seed %d, entry %d", seed, i)
                        .isNotBlank();
                refused++;
            }
        }
        assertThat(applied).as("entries that were still good").isGreaterThan(ENTRIES / 10);
        assertThat(refused).as("entries that were not").isGreaterThan(ENTRIES / 10);
    }

    /** gRPC lets a request in that is as deep as protobuf reads by default; in the log it is two deeper. */
    @Test
    void whatIsAsDeepAsARequestMayBeCanBeReadFromTheLog() throws Exception {
        TxnRequest deep = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("a"))))
                .build();
        while (readable(wrapped(deep))) {
            deep = wrapped(deep);
        }
        Command command = new Command.As(
                Caller.user("ada", 1), new Command.Once("id", ByteString.copyFromUtf8("print"), new Command.Txn(deep)));
        byte[] bytes = LogEntry.newBuilder()
                .addCommands(CommandCodec.encode(command))
                .build()
                .toByteArray();
        assertThatThrownBy(() -> LogEntry.parseFrom(bytes)).hasMessageContaining("too many levels of nesting");
        assertThat(LogEntries.parse(bytes).getFirst().getCommandsList())
                .extracting(CommandCodec::decode)
                .containsExactly(command);
        var entry = org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations.unsafeWrap(bytes);
        assertThat(LogEntries.parse(LogEntries.join(List.of(entry, entry))).getLast())
                .as("together with another")
                .isEqualTo(LogEntries.parse(bytes).getFirst());
    }

    private static TxnRequest wrapped(TxnRequest inner) {
        return TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestTxn(inner))
                .build();
    }

    private static boolean readable(TxnRequest request) {
        try {
            return TxnRequest.parseFrom(request.toByteArray()).equals(request);
        } catch (IOException e) {
            return false;
        }
    }

    /** Nobody but a member can put such a thing into the log; if one does, who applies it stops, with nothing of it in its state. */
    @Test
    void anEntryThatCannotBeReadStopsWhoAppliesItAndSaysWhy() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            String leader = members.awaitLeader();
            var _ = Members.done(members.get(leader), Members.put("a", ByteString.copyFromUtf8("1")));
            members.awaitEven();
            LogCommand unknown = LogCommand.getDefaultInstance();
            LogEntry half = LogEntry.newBuilder()
                    .setMember("1f")
                    .setIncarnation(7)
                    .setSequence(1)
                    .addCommands(CommandCodec.encode(Members.put("b", ByteString.copyFromUtf8("2"))))
                    .addCommands(unknown)
                    .build();
            propose(members, leader, half.toByteArray());
            List<String> names = members.names();
            names.forEach(members::kill);
            // Who leads has applied it. The others may not have heard that it is committed before nobody was left to
            // tell.
            assertThat(members.hasFailed(leader)).isTrue();
            for (String name : names) {
                if (members.hasFailed(name)) {
                    assertThat(members.awaitFailure(name))
                            .hasMessageMatching("log entry \\d+ of term \\d+ cannot be applied: "
                                    + "the log holds a command that this version does not know");
                }
                try (RocksState state = awaitClosed(members.directory(name).resolve("state"))) {
                    Optional<KeyValue> found =
                            state.read(view -> view.get(ByteString.copyFromUtf8("b"), view.revision()));
                    assertThat(found)
                            .as("the first half of the entry, on %s", name)
                            .isEmpty();
                }
            }
        }
    }

    private static void propose(Members members, String leader, byte[] bytes) throws IOException {
        var group = PeerIds.group(members.get(leader).standing().clusterId());
        var tunnel = new Tunnel(Optional.empty());
        try (var link = new Link("test", () -> List.of(members.peer(leader)), tunnel, 1 << 20)) {
            // The answer never comes: the leader stops at it.
            var _ = Requests.send(
                    link,
                    new Requests()
                            .request(
                                    group,
                                    PeerIds.of(members.id(leader)),
                                    RaftClientRequest.writeRequestType(),
                                    Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes))));
            Members.await(() -> members.hasFailed(leader));
        }
    }

    /** Opens a state as soon as who failed has let go of it: Ratis closes it on a thread of its own. */
    private static RocksState awaitClosed(Path directory) {
        var opened = new AtomicReference<RocksState>();
        Members.await(() -> {
            try {
                opened.set(RocksState.open(directory));
                return true;
            } catch (IllegalStateException stillOpen) {
                return false;
            }
        });
        return opened.get();
    }
}
