package io.keelson.agent.stream;

import io.keelson.agent.runtime.ContainerStreams;
import java.util.List;

/** Answers what comes down a tunnel. Called on a virtual thread per question; returns when the answer is complete. */
public interface Questions {

    /** The pod that is meant: by its uid, for a name may have been given anew. */
    record Where(String namespace, String pod, String uid) {}

    void logs(LogQuery query, Answer answer) throws Answer.Failed;

    /** Runs a command in a container until it ends or the asker has gone. */
    void exec(Where where, String container, List<String> command, ContainerStreams.Wanted wanted, Conversation talk)
            throws Answer.Failed;

    /** Joins a container's streams until it ends or the asker has gone. */
    void attach(Where where, String container, ContainerStreams.Wanted wanted, Conversation talk) throws Answer.Failed;

    /** Joins a connection to a port of a pod until either side ends it; where no pod is named, to the node's own {@link NodePages}. */
    void connect(Where where, int port, Conversation talk) throws Answer.Failed;

    /** What the node and its containers use. */
    void usage(Answer answer) throws Answer.Failed;
}
