package io.keelson.store.mvcc;

import io.keelson.proto.store.v1.KeptAnswer;
import io.keelson.proto.store.v1.LeaseGrantCommand;
import java.util.ArrayList;
import java.util.Optional;

/**
 * A request that is asked again under the same id gets its first answer and changes nothing. The answers of the last requests
 * with an id are part of the replicated state; which ones is decided by the order of the log alone, so all members agree.
 *
 * <pre>
 *   Once(id, fingerprint, command) of a user
 *     (user, id) not in the window        ->  carried out; its answer is kept, the oldest ones go
 *     there, with the same fingerprint    ->  the first answer, with its revision; nothing changes
 *     there, with another                 ->  refused: the client made a mistake
 * </pre>
 *
 * <p>What was refused has changed nothing and is not kept: asked again it is judged again, and takes effect once at the most. A
 * transaction whose condition failed is not refused, its answer is kept. Permissions are asked first, so who has lost them does
 * not even get the old answer.
 */
public final class RequestIds {

    /** Longest id, in characters. */
    public static final int MAX_ID_CHARS = 128;

    /** What an answer takes beside itself: its place, and the row that finds it. */
    private static final int ROW_BYTES = 64;

    /**
     * How much is kept. All members must have the same: a change of these numbers is a change of the rules.
     *
     * @param ids answers kept
     * @param bytes what they may take together, {@link RequestIds#bytes}
     * @param answerBytes a larger answer is not kept, only that there was one
     */
    public record Bounds(int ids, long bytes, int answerBytes) {}

    /** At 10,000 such requests in a second the window is 26 seconds long: more than three times as long as a request may wait. */
    static final Bounds BOUNDS = new Bounds(1 << 18, 64L << 20, 64 << 10);

    private RequestIds() {}

    /** What is wrong with an id: 1 to {@link #MAX_ID_CHARS} printable characters of ASCII. */
    public static Optional<String> problem(String id) {
        if (id.isEmpty() || id.length() > MAX_ID_CHARS) {
            return Optional.of("must have 1 to " + MAX_ID_CHARS + " characters, not " + id.length());
        }
        return id.chars().allMatch(c -> c >= ' ' && c <= '~')
                ? Optional.empty()
                : Optional.of("must be printable ASCII");
    }

    /** Whether a command takes effect once only. */
    public static boolean hasOne(Command command) {
        return command instanceof Command.Once || command instanceof Command.As(Caller _, Command.Once _);
    }

    /** What the request gets if it was carried out before, or if another had its id. */
    static Optional<Answer> known(View view, Caller caller, Command.Once once) {
        if (Alarms.refusalOfRead(view.alarms()).isPresent()) {
            return Optional.empty();
        }
        return view.answers()
                .find(new RequestKey(caller.user(), once.id()))
                .map(kept -> kept.getFingerprint().equals(once.fingerprint())
                        ? answer(kept)
                        : new Answer.Refused(Refusal.REQUEST_ID_REUSED));
    }

    /** What carrying it out did, and that its answer is kept. */
    static Applied keep(View view, Caller caller, Command.Once once, Applied applied, Bounds bounds) {
        if (applied.answer() instanceof Answer.Refused) {
            return applied;
        }
        KeptAnswer kept = kept(caller, once, applied, bounds);
        var changes = new ArrayList<>(applied.changes());
        KeptAnswers answers = view.answers();
        AnswerWindow window = answers.window();
        window = new AnswerWindow(window.oldest(), window.next() + 1, window.bytes() + bytes(kept));
        changes.add(new Change.AnswerKept(window, kept));
        // The newest stays, however large it is.
        while (window.size() > 1 && (window.size() > bounds.ids || window.bytes() > bounds.bytes)) {
            KeptAnswer oldest = answers.at(window.oldest());
            window = new AnswerWindow(window.oldest() + 1, window.next(), window.bytes() - bytes(oldest));
            changes.add(new Change.AnswerForgotten(window, oldest));
        }
        return new Applied(applied.answer(), changes, applied.revision());
    }

    /** What a kept answer counts for in its window. */
    static long bytes(KeptAnswer answer) {
        return answer.getSerializedSize() + (long) ROW_BYTES;
    }

    private static KeptAnswer kept(Caller caller, Command.Once once, Applied applied, Bounds bounds) {
        var kept = KeptAnswer.newBuilder();
        switch (applied.answer()) {
            case Answer.Put(var response) -> kept.setPut(response);
            case Answer.DeleteRange(var response) -> kept.setDeleteRange(response);
            case Answer.Txn(var response) -> kept.setTxn(response);
            case Answer.Compacted(long revision) -> kept.setCompacted(revision);
            case Answer.LeaseGranted(LeaseRecord lease) ->
                kept.setLeaseGranted(
                        LeaseGrantCommand.newBuilder().setId(lease.id()).setTtlSeconds(lease.ttlSeconds()));
            case Answer.LeaseRevoked(long id) -> kept.setLeaseRevoked(id);
            case Answer.Refused _,
                    Answer.Again _,
                    Answer.CarriedOut _,
                    Answer.Members _,
                    Answer.AuthChanged _,
                    Answer.Authenticated _,
                    Answer.LeaseCheckpointed _,
                    Answer.Alarms _ ->
                throw new IllegalArgumentException("no command with an id is answered with " + applied.answer());
        }
        if (kept.build().getSerializedSize() > bounds.answerBytes) {
            kept.clear();
        }
        return kept.setUser(caller.user())
                .setId(once.id())
                .setFingerprint(once.fingerprint())
                .setRevision(applied.revision())
                .build();
    }

    private static Answer answer(KeptAnswer kept) {
        Answer first = switch (kept.getAnswerCase()) {
            case PUT -> new Answer.Put(kept.getPut());
            case DELETE_RANGE -> new Answer.DeleteRange(kept.getDeleteRange());
            case TXN -> new Answer.Txn(kept.getTxn());
            case COMPACTED -> new Answer.Compacted(kept.getCompacted());
            case LEASE_GRANTED ->
                new Answer.LeaseGranted(new LeaseRecord(
                        kept.getLeaseGranted().getId(), kept.getLeaseGranted().getTtlSeconds()));
            case LEASE_REVOKED -> new Answer.LeaseRevoked(kept.getLeaseRevoked());
            case ANSWER_NOT_SET -> new Answer.CarriedOut(kept.getRevision());
        };
        return first instanceof Answer.CarriedOut ? first : new Answer.Again(first, kept.getRevision());
    }
}
