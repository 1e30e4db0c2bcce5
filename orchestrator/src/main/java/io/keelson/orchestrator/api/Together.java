package io.keelson.orchestrator.api;

import io.keelson.orchestrator.registry.Reason;
import io.keelson.orchestrator.registry.Rejection;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.TxnResponse;
import io.keelson.store.Kv;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The loop of writes that belong together: decide all on one revision, commit once; and decide again if something came between. */
final class Together {

    /** Writes that were overtaken this often are given back to their caller as a conflict. */
    private static final int MAX_ATTEMPTS = 16;

    private final Kv kv;
    private final BiFunction<Kv, Boolean, Api> over;

    /**
     * Over a store.
     *
     * @param over an API like the caller's over another store; with true one whose writes nobody will store
     */
    Together(Kv kv, BiFunction<Kv, Boolean, Api> over) {
        this.kv = kv;
        this.over = over;
    }

    <T> Committed<T> run(boolean dryRun, Function<Transaction, T> work) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            Draft draft = Draft.begin(kv);
            T result = work.apply(new Transaction(draft, over.apply(draft, dryRun)));
            Optional<TxnRequest> txn = draft.transaction();
            txn.ifPresent(Together::checkSize);
            if (txn.isEmpty() || dryRun) {
                return new Committed<>(result, draft.revision(), draft.provisional(), false);
            }
            TxnResponse answer = Failures.translated(() -> kv.txn(txn.get()));
            if (answer.getSucceeded()) {
                return new Committed<>(result, answer.getHeader().getRevision(), draft.provisional(), true);
            }
        }
        throw new ApiException(
                Reason.CONFLICT,
                "Operation cannot be fulfilled: the objects changed " + MAX_ATTEMPTS
                        + " times while this transaction was tried; nothing was stored");
    }

    private static void checkSize(TxnRequest txn) {
        int operations = Math.max(txn.getSuccessCount(), txn.getCompareCount());
        if (operations > Kv.MAX_TXN_OPS) {
            throw tooLarge(operations + " keys (objects, and what they are checked against)", Kv.MAX_TXN_OPS + " keys");
        }
        if (txn.getSerializedSize() > Kv.MAX_TXN_BYTES) {
            throw tooLarge(txn.getSerializedSize() + " bytes", Kv.MAX_TXN_BYTES + " bytes");
        }
    }

    private static ApiException tooLarge(String size, String limit) {
        return new ApiException(Rejection.of(
                Reason.REQUEST_ENTITY_TOO_LARGE,
                "the set is too large for one transaction: it takes " + size + ", and the store's limit is " + limit
                        + "; nothing was stored"));
    }
}
