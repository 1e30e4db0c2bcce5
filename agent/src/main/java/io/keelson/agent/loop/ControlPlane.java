package io.keelson.agent.loop;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.keelson.agent.runtime.PodId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** What the agent says to the control plane and hears from it. All calls block. */
public interface ControlPlane extends AutoCloseable {
    /** What registering brings. */
    record Registration(Node node, Duration heartbeat, Duration lease, String clusterCidr, String serviceCidr) {}

    /** How a report was taken: GONE: the pod does not exist any more; OTHER: one of the same name took its place. */
    enum Reported {
        TAKEN,
        GONE,
        OTHER
    }

    /** One message of the watch. */
    sealed interface Change {
        /** The object is there in this form; {@code json} as stored. */
        record Set(String resource, String namespace, String name, String json, long revision) implements Change {}

        /** The object is gone or does not concern this node any more. */
        record Gone(String resource, String namespace, String name, long revision) implements Change {}

        /** All that existed at the revision has been sent. */
        record Synced(long revision) implements Change {}

        /** All up to the revision has been sent. */
        record Bookmark(long revision) implements Change {}
    }

    /** Something for an object's Events. {@code type} is Normal or Warning; {@code fieldPath} may be empty. */
    record NodeEvent(
            String kind,
            String namespace,
            String name,
            String uid,
            String type,
            String reason,
            String message,
            String fieldPath) {}

    /** Creates the Node or brings it up to date. */
    Registration register(Node node);

    /** Renews the lease; reports the node's status if there is one. */
    void heartbeat(Optional<NodeStatus> status);

    /** Hears everything, from the beginning, until the connection is lost ({@link Unreachable}) or the client closed. */
    void watch(Consumer<Change> changes);

    /** A token of a service account. */
    record Token(String value, Instant expires) {
        /** Not the value: it must be in no log. */
        @Override
        public String toString() {
            return "token that expires " + expires;
        }
    }

    /** A token that is good as long as the pod is there. {@code audience} empty: for the API itself; {@code seconds} is a wish. */
    Token token(PodId pod, String account, Optional<String> audience, long seconds);

    Reported reportPod(PodId pod, PodStatus status);

    /** Containers and sandbox of a deleted pod are gone; its object may go. */
    void podEnded(PodId pod, PodStatus last);

    void recordEvent(NodeEvent event);

    @Override
    void close();

    /** No server answers. Try again later. */
    final class Unreachable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A server answered, and refused; trying the same again is of no use. */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Refused(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
