package io.keelson.store.mvcc;

import io.keelson.proto.store.v1.KeptAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Kept answers in memory. Not thread safe. */
final class TreeAnswers implements KeptAnswers {

    private final Map<Long, KeptAnswer> answers = new HashMap<>();
    private final Map<RequestKey, Long> positions = new HashMap<>();
    private AnswerWindow window = AnswerWindow.EMPTY;

    void take(Change.AnswerKept kept) {
        answers.put(kept.position(), kept.answer());
        positions.put(RequestKey.of(kept.answer()), kept.position());
        window = kept.after();
    }

    void take(Change.AnswerForgotten forgotten) {
        answers.remove(forgotten.position());
        positions.remove(RequestKey.of(forgotten.answer()));
        window = forgotten.after();
    }

    @Override
    public AnswerWindow window() {
        return window;
    }

    @Override
    public Optional<KeptAnswer> find(RequestKey key) {
        return Optional.ofNullable(positions.get(key)).map(this::at);
    }

    @Override
    public KeptAnswer at(long position) {
        KeptAnswer answer = answers.get(position);
        if (answer == null) {
            throw new IllegalStateException("no answer at position " + position + " of " + window);
        }
        return answer;
    }
}
