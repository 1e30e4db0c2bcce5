package io.keelson.agent.stream;

/** Answers what comes down a tunnel. Called on a virtual thread per question; returns when the answer is complete. */
public interface Questions {
    void logs(LogQuery query, Answer answer) throws Answer.Failed;
}
