package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.keelson.store.Loopback;
import io.keelson.store.Member;
import io.keelson.store.StoreConfig;
import io.keelson.store.StoreOptions;
import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.wire.Link;
import io.keelson.store.wire.Tunnel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two members lead a new cluster one after the other, and the first could tell nobody but a third that it does. Goal: the third follows the
 * second. Method: the third is a real member, and the leaders are messages.
 */
class ContestedLeadTest {

    /** Longer than the test: the member does not stand for the lead itself. */
    private static final Duration ELECTION = Duration.ofSeconds(50);

    @TempDir
    Path directory;

    @Test
    void theFirstEntryOfALeaderThatIsGoneIsNotCommittedByTheHeartbeatOfTheNext() throws Exception {
        var members = new ArrayList<Member>();
        for (String name : List.of("m1", "m2", "m3")) {
            members.add(new Member(name, Loopback.freeAddress(), List.of(Loopback.freeAddress())));
        }
        Member follower = members.getFirst();
        StoreOptions usual = StoreOptions.DEFAULTS;
        var config = new StoreConfig(
                follower.name(),
                directory,
                "test",
                List.of(),
                follower.peer(),
                members,
                Optional.empty(),
                Optional.empty(),
                new StoreOptions(
                        usual.limits(),
                        new StoreOptions.Timing(
                                usual.timing().heartbeat(),
                                ELECTION,
                                usual.timing().snapshotCount(),
                                usual.timing().progressNotify()),
                        usual.compaction(),
                        usual.auth(),
                        usual.connections(),
                        new StoreOptions.Membership(false, true)));
        RaftReplica replica = RaftReplica.start(config, problem -> {});
        try (var link = new Link("leaders", () -> List.of(follower.peer()), new Tunnel(Optional.empty()), 1 << 20)) {
            var first = new Leader(config, 1, link);
            assertThat(first.say(-1, first.entry()).getResult()).isEqualTo(AppendResult.SUCCESS);
            var second = new Leader(config, 2, link);
            assertThat(second.say(0).getResult()).as("a heartbeat").isEqualTo(AppendResult.SUCCESS);
            AppendEntriesReplyProto reply = second.say(0, second.entry());
            assertThat(reply.getResult()).isEqualTo(AppendResult.SUCCESS);
            assertThat(reply.getMatchIndex()).isZero();
            assertThat(reply.getFollowerCommit())
                    .as("what the entry brings with it")
                    .isZero();
        } finally {
            replica.stopNow();
        }
    }

    /** The member of a number, which leads in the term of that number. */
    private record Leader(StoreConfig config, int number, Link link) {

        private List<MemberRecord> members() {
            return Identity.firstMembers(config);
        }

        /** The configuration, with which a leader's term begins. */
        LogEntryProto entry() {
            var configuration = RaftConfigurationProto.newBuilder();
            for (MemberRecord member : members()) {
                RaftPeer peer = PeerIds.peer(member.id(), false);
                configuration.addPeers(peer.getRaftPeerProto());
            }
            return LogEntryProto.newBuilder()
                    .setTerm(number)
                    .setIndex(0)
                    .setConfigurationEntry(configuration)
                    .build();
        }

        AppendEntriesReplyProto say(long commit, LogEntryProto... entries) throws Exception {
            var header = RaftRpcRequestProto.newBuilder()
                    .setRequestorId(PeerIds.of(members().get(number).id()).toByteString())
                    .setReplyId(PeerIds.of(members().getFirst().id()).toByteString())
                    .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(
                            RaftSettings.group(config, Identity.first(config)).getGroupId()));
            var request = AppendEntriesRequestProto.newBuilder()
                    .setServerRequest(header)
                    .setLeaderTerm(number)
                    .setLeaderCommit(commit)
                    .addAllEntries(List.of(entries))
                    .build();
            byte[] reply =
                    link.call(PeerCall.APPEND.kind(), PeerCall.payload(request)).get(20, TimeUnit.SECONDS);
            return PeerCall.read(AppendEntriesReplyProto.parser(), reply);
        }
    }
}
