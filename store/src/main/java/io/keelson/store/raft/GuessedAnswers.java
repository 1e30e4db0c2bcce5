package io.keelson.store.raft;

import io.keelson.store.KvException;
import io.keelson.store.fault.PlantedFault;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Mvcc;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Replica.Committed;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Answers that do not wait for the log, for tests of the tests: see {@link PlantedFault}. */
final class GuessedAnswers {

    /** Before the chaos harness' clients give up (3 s), and after nearly every write that is not in trouble. */
    private static final long PATIENCE_MILLIS = 2_000;

    private GuessedAnswers() {}

    /** The log's answer; or, if such a fault is planted, what the command would do to the state as it is here. */
    static CompletableFuture<Committed> unlessPlanted(
            Replica replica, Command command, CompletableFuture<Committed> answer) {
        if (PlantedFault.ANSWER_BEFORE_COMMIT.isPlanted()) {
            return CompletableFuture.completedFuture(guess(replica, command));
        }
        if (PlantedFault.ANSWER_LOST_WRITE.isPlanted()) {
            return answer.copy()
                    .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                    .exceptionallyCompose(problem -> isUnsure(problem)
                            ? CompletableFuture.completedFuture(guess(replica, command))
                            : CompletableFuture.failedFuture(problem));
        }
        return answer;
    }

    private static boolean isUnsure(Throwable problem) {
        Throwable cause =
                problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        return cause instanceof TimeoutException
                || (cause instanceof KvException known && known.reason() == KvException.Reason.UNKNOWN_OUTCOME);
    }

    private static Committed guess(Replica replica, Command command) {
        return replica.read(view -> Committed.of(Mvcc.apply(view, command)));
    }
}
