package io.keelson.store.mvcc;

import io.keelson.proto.store.v1.KeptAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Kept answers inside one log entry: those of the state, and over them what the entry's commands keep and forget. */
final class PendingAnswers implements KeptAnswers {

    private final View base;
    /** Kept (present) and forgotten (empty) in this entry. */
    private final Map<RequestKey, Optional<KeptAnswer>> pending = new HashMap<>();

    private final Map<Long, KeptAnswer> positions = new HashMap<>();
    /** Null until asked for: most entries have no request with an id, and need not look. */
    private @Nullable AnswerWindow window;

    PendingAnswers(View base) {
        this.base = base;
    }

    void take(Change.AnswerKept kept) {
        pending.put(RequestKey.of(kept.answer()), Optional.of(kept.answer()));
        positions.put(kept.position(), kept.answer());
        window = kept.after();
    }

    void take(Change.AnswerForgotten forgotten) {
        pending.put(RequestKey.of(forgotten.answer()), Optional.empty());
        positions.remove(forgotten.position());
        window = forgotten.after();
    }

    @Override
    public AnswerWindow window() {
        AnswerWindow known = window;
        if (known == null) {
            known = base.answers().window();
            window = known;
        }
        return known;
    }

    @Override
    public Optional<KeptAnswer> find(RequestKey key) {
        Optional<KeptAnswer> own = pending.get(key);
        return own == null ? base.answers().find(key) : own;
    }

    @Override
    public KeptAnswer at(long position) {
        KeptAnswer own = positions.get(position);
        return own == null ? base.answers().at(position) : own;
    }
}
