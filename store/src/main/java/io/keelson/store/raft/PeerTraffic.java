package io.keelson.store.raft;

import io.keelson.store.metrics.Count;
import io.keelson.store.metrics.Labelled;
import io.keelson.store.metrics.Metrics;
import java.util.List;
import java.util.Optional;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/** What members send each other, as far as it passes through our hands: requests, not their answers. */
final class PeerTraffic {

    /** Ratis' header names a client, not the member; and a proposal names nobody but in what it holds. */
    private static final String UNKNOWN = "unknown";

    private final Metrics metrics;
    private final Labelled<Count> sent;
    private final Labelled<Count> received;

    PeerTraffic(Metrics metrics) {
        this.metrics = metrics;
        this.sent =
                metrics.counts("etcd_network_peer_sent_bytes_total", "The total number of bytes sent to peers.", "To");
        this.received = metrics.counts(
                "etcd_network_peer_received_bytes_total", "The total number of bytes received from peers.", "From");
    }

    /** From now on it is shown with whom this member is in touch. */
    void show(String self, Peers peers, long withinMillis) {
        metrics.present(
                "etcd_network_active_peers",
                "The current number of active peer connections.",
                List.of("Local", "Remote"),
                () -> peers.inTouch(withinMillis).stream()
                        .map(peer -> List.of(self, Long.toHexString(peer)))
                        .toList());
    }

    /** A request to another member. */
    void sent(RaftPeerId to, long bytes) {
        sent.of(to.toString()).add(bytes);
    }

    /** A request that came to the peer port; what is none is not counted. */
    void received(Object message) {
        from(message).ifPresent(from -> received.of(from).add(((MessageLite) message).getSerializedSize()));
    }

    /** An entry that another member proposed here. */
    void proposed(long bytes) {
        received.of(UNKNOWN).add(bytes);
    }

    private static Optional<String> from(Object message) {
        return switch (message) {
            case AppendEntriesRequestProto request -> Optional.of(requestor(request.getServerRequest()));
            case InstallSnapshotRequestProto request -> Optional.of(requestor(request.getServerRequest()));
            case RequestVoteRequestProto request -> Optional.of(requestor(request.getServerRequest()));
            case StartLeaderElectionRequestProto request -> Optional.of(requestor(request.getServerRequest()));
            case ReadIndexRequestProto request -> Optional.of(requestor(request.getServerRequest()));
            case RaftClientRequestProto _ -> Optional.of(UNKNOWN);
            default -> Optional.empty();
        };
    }

    private static String requestor(RaftRpcRequestProto header) {
        return RaftPeerId.valueOf(header.getRequestorId()).toString();
    }
}
