package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.HashAt;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.View;
import io.keelson.store.rocks.RocksState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: members agree at every revision, and one that does not is found and named. Method: three members; a stopped one is given a change
 * that no log entry made.
 */
class IntegrityTest {

    private static final ByteString VALUE = ByteString.copyFromUtf8("value");

    @TempDir
    Path directory;

    @Test
    void membersHaveTheSameHashAtEveryRevisionAlsoAfterRestarts() throws Exception {
        long seed = 41;
        var random = new Random(seed);
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            for (int i = 0; i < 60; i++) {
                RaftReplica through = members.get("m" + (1 + random.nextInt(3)));
                Members.done(through, Members.put("k" + random.nextInt(9), VALUE));
            }
            members.stop("m2");
            members.start("m2");
            Members.done(members.get("m1"), Members.put("last", VALUE));
            members.awaitEven();
            for (long revision = 1; revision <= 62; revision++) {
                var hashes = new ArrayList<HashAt>();
                for (String name : members.names()) {
                    hashes.add(members.get(name).runningHash(revision).orElseThrow());
                }
                assertThat(hashes.stream().distinct().toList())
                        .as("seed %d, revision %d", seed, revision)
                        .hasSize(1);
            }
            RaftReplica leader = leader(members);
            assertThat(leader.integrity().compare()).isEmpty();
            assertThat(leader.<List<AlarmMember>>read(View::alarms)).isEmpty();
        }
    }

    private static RaftReplica leader(Members members) {
        String leader = members.awaitLeader();
        return members.get(leader);
    }

    @Test
    void memberThatDeviatesIsNamedAndNothingIsServedFromThenOn() throws Exception {
        try (Members members = Members.start(directory, Members.USUAL, Optional.empty())) {
            Members.done(members.get("m1"), Members.put("a", VALUE));
            members.awaitEven();
            String leader = members.awaitLeader();
            String other = members.names().stream()
                    .filter(name -> !name.equals(leader))
                    .findFirst()
                    .orElseThrow();
            members.stop(other);
            change(members.directory(other).resolve("state"));
            members.start(other);
            long id = members.id(other);
            Members.done(leader(members), Members.put("b", VALUE));
            Members.await(() -> leader(members).integrity().compare().contains(id));
            var alarm = AlarmMember.newBuilder()
                    .setMemberID(id)
                    .setAlarm(AlarmType.CORRUPT)
                    .build();
            Members.await(() -> members.names().stream()
                    .allMatch(name -> members.get(name)
                            .<List<AlarmMember>>read(View::alarms)
                            .equals(List.of(alarm))));
            assertThat(Members.done(leader(members), Members.put("c", VALUE)).answer())
                    .isEqualTo(new Answer.Refused(Refusal.CORRUPT));
        }
    }

    private static void change(Path database) {
        try (RocksState state = RocksState.open(database)) {
            long revision = state.<Long>read(View::revision) + 1;
            KeyValue kv = KeyValue.newBuilder()
                    .setKey(ByteString.copyFromUtf8("x"))
                    .setValue(VALUE)
                    .setModRevision(revision)
                    .setCreateRevision(revision)
                    .setVersion(1)
                    .build();
            state.write(List.of(new Change.Put(kv, 0)), revision, state.appliedIndex(), List.of());
            state.flush();
        }
    }
}
