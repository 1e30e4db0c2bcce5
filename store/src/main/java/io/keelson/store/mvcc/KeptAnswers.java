package io.keelson.store.mvcc;

import io.keelson.proto.store.v1.KeptAnswer;
import java.util.Optional;

/** Answers to requests that had an id, as long as they are in the window. */
public interface KeptAnswers {

    /** Which are kept. */
    AnswerWindow window();

    /** What was answered to a request. */
    Optional<KeptAnswer> find(RequestKey key);

    /**
     * The answer at a position of the window.
     *
     * @throws IllegalStateException if the window says that it is there and it is not
     */
    KeptAnswer at(long position);
}
