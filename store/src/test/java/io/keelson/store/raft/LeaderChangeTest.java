package io.keelson.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.store.HostPort;
import io.keelson.store.TestCertificates;
import io.keelson.store.raft.Succession.Position;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Goal: a leader that goes is replaced without waiting for an election timeout. Method: an election timeout that is longer than a proposal
 * waits, so that any acknowledgement shows that nobody waited for it.
 */
class LeaderChangeTest {

    @TempDir
    Path directory;

    @Test
    void leaderThatIsStoppedHandsOver() throws Exception {
        try (Members members = Members.startPatient(directory, Optional.empty())) {
            String leader = members.awaitLeader();
            long term = members.get(leader).term();
            var _ = Members.done(members.get(leader), Members.put("before", ByteString.EMPTY));
            members.stop(leader);
            writeEverywhere(members);
            assertThat(members.get(members.awaitLeader()).term()).isEqualTo(term + 1);
        }
    }

    @Test
    void leaderThatStopsUnderLoadHandsOver() throws Exception {
        var acknowledged = new AtomicInteger();
        var stop = new AtomicBoolean();
        try (Members members = Members.startPatient(directory, Optional.empty());
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            String leader = members.awaitLeader();
            for (String name : members.names()) {
                if (!name.equals(leader)) {
                    var _ = clients.submit(() -> {
                        while (!stop.get()) {
                            var _ = Members.done(members.get(name), Members.put("from-" + name, ByteString.EMPTY));
                            acknowledged.incrementAndGet();
                        }
                        return name;
                    });
                }
            }
            Members.await(() -> acknowledged.get() > 100);
            members.stop(leader);
            int before = acknowledged.get();
            Members.await(() -> acknowledged.get() > before + 100);
            stop.set(true);
        }
    }

    @Test
    void leaderThatDiesIsReplacedAtOnce() throws Exception {
        try (Members members = Members.startPatient(directory, Optional.empty())) {
            String leader = members.awaitLeader();
            var _ = Members.done(members.get(leader), Members.put("before", ByteString.EMPTY));
            members.kill(leader);
            writeEverywhere(members);
        }
    }

    @Test
    void leaderThatDiesIsReplacedAtOnceAlsoWithTls() throws Exception {
        var tls = TestCertificates.in(directory).issue("member");
        try (Members members = Members.startPatient(directory, Optional.of(tls))) {
            members.kill(members.awaitLeader());
            writeEverywhere(members);
        }
    }

    private static void writeEverywhere(Members members) throws Exception {
        for (String name : members.names()) {
            var _ = Members.done(members.get(name), Members.put("after-" + name, ByteString.EMPTY));
        }
    }

    @Test
    void leaderIsGoneOnlyWhenNobodyListensWhereItDid() throws Exception {
        HostPort address;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = new HostPort("127.0.0.1", socket.getLocalPort());
            assertThat(LeaderLoss.isGone(List.of(address))).isFalse();
        }
        assertThat(LeaderLoss.isGone(List.of(address))).isTrue();
        assertThat(LeaderLoss.isGone(List.of())).as("of whom nothing is known").isFalse();
    }

    @Test
    void whoHasMostOfTheLogStandsFirst() {
        var own = new Position(3, 10, 0x8000_0000_0000_0000L);
        assertThat(Succession.before(own, List.of())).isZero();
        assertThat(Succession.before(own, List.of(new Position(2, 99, 1)))).isZero();
        assertThat(Succession.before(own, List.of(new Position(3, 9, 1), new Position(3, 11, 2))))
                .isEqualTo(1);
        assertThat(Succession.before(own, List.of(new Position(4, 1, 7), new Position(3, 10, 7))))
                .as("equals stand in the order of their ids, which have no sign")
                .isEqualTo(2);
    }
}
