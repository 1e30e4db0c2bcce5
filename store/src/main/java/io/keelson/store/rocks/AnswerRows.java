package io.keelson.store.rocks;

import com.google.protobuf.CodedInputStream;
import io.keelson.proto.store.v1.KeptAnswer;
import io.keelson.store.mvcc.AnswerWindow;
import io.keelson.store.mvcc.Change;
import io.keelson.store.mvcc.CommandCodec;
import io.keelson.store.mvcc.KeptAnswers;
import io.keelson.store.mvcc.RequestKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Answers of requests with an id, in a column family of their own:
 *
 * <pre>
 *   w                 -> oldest position, next position, bytes
 *   a, position       -> KeptAnswer
 *   k, id, 00, user   -> position          an id has no zero byte
 * </pre>
 *
 * Only looked up, never walked through, so that what was deleted at the window's old end is in nobody's way.
 */
final class AnswerRows implements KeptAnswers {

    private static final byte[] WINDOW = {'w'};
    private static final byte ANSWER = 'a';
    private static final byte KEY = 'k';

    private final RocksState state;
    private final ReadOptions options;

    /** As a snapshot has them. */
    AnswerRows(RocksState state, ReadOptions options) {
        this.state = state;
        this.options = options;
    }

    static void put(WriteBatch batch, ColumnFamilyHandle requests, Change.AnswerKept kept) throws RocksDBException {
        batch.put(requests, answer(kept.position()), kept.answer().toByteArray());
        batch.put(requests, key(RequestKey.of(kept.answer())), Layout.number(kept.position()));
    }

    static void delete(WriteBatch batch, ColumnFamilyHandle requests, Change.AnswerForgotten forgotten)
            throws RocksDBException {
        batch.delete(requests, answer(forgotten.position()));
        batch.delete(requests, key(RequestKey.of(forgotten.answer())));
    }

    /** The window after all changes, if it is another. */
    static void window(WriteBatch batch, ColumnFamilyHandle requests, List<Change> changes) throws RocksDBException {
        for (Change change : changes.reversed()) {
            Optional<AnswerWindow> after = after(change);
            if (after.isPresent()) {
                batch.put(requests, WINDOW, window(after.get()));
                return;
            }
        }
    }

    private static Optional<AnswerWindow> after(Change change) {
        return switch (change) {
            case Change.AnswerKept kept -> Optional.of(kept.after());
            case Change.AnswerForgotten forgotten -> Optional.of(forgotten.after());
            default -> Optional.empty();
        };
    }

    private static byte[] window(AnswerWindow window) {
        return ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(window.oldest())
                .putLong(window.next())
                .putLong(window.bytes())
                .array();
    }

    private static byte[] answer(long position) {
        return ByteBuffer.allocate(1 + Long.BYTES).put(ANSWER).putLong(position).array();
    }

    private static byte[] key(RequestKey key) {
        byte[] id = key.id().getBytes(StandardCharsets.US_ASCII);
        byte[] user = key.user().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(2 + id.length + user.length)
                .put(KEY)
                .put(id)
                .put((byte) 0)
                .put(user)
                .array();
    }

    private byte @Nullable [] get(byte[] key) {
        try {
            return state.db.get(state.requests, options, key);
        } catch (RocksDBException e) {
            throw new IllegalStateException("the store cannot read: " + e.getMessage(), e);
        }
    }

    @Override
    public AnswerWindow window() {
        byte[] row = get(WINDOW);
        if (row == null) {
            return AnswerWindow.EMPTY;
        }
        var numbers = ByteBuffer.wrap(row);
        return new AnswerWindow(numbers.getLong(), numbers.getLong(), numbers.getLong());
    }

    @Override
    public Optional<KeptAnswer> find(RequestKey key) {
        byte[] position = get(key(key));
        return position == null ? Optional.empty() : Optional.of(at(Layout.number(position)));
    }

    @Override
    public KeptAnswer at(long position) {
        byte[] row = get(answer(position));
        if (row == null) {
            throw new IllegalStateException(
                    "the store lacks the kept answer at position " + position + ": the disk or Keelson is at fault");
        }
        try {
            CodedInputStream input = CodedInputStream.newInstance(row);
            var _ = input.setRecursionLimit(CommandCodec.MAX_DEPTH);
            return KeptAnswer.parseFrom(input);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the store holds an answer that cannot be read: the disk or Keelson is at fault", e);
        }
    }
}
