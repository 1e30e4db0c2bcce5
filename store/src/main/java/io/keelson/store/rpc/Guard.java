package io.keelson.store.rpc;

import io.keelson.store.KvException;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Permits;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.Replica;
import io.keelson.store.node.Replica.Committed;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Lets through what is permitted. A read is judged after its barrier, on the very view that it is answered from. A write is judged where it
 * is applied; here it only gets the name of who asks, and what would certainly be refused is kept out of the log. While authentication is
 * off none of this costs anything.
 *
 * <p>This member may be behind: it may not know yet a token that another has just given out, a permission just granted, or that
 * authentication was switched on. So nothing is refused before a barrier.
 */
final class Guard {

    private final Replica replica;

    Guard(Replica replica) {
        this.replica = replica;
    }

    /** Whom a call means on a state; NOBODY while authentication is off. Throws the refusal of a token that is not valid. */
    Caller caller(AuthState auth, Identity who) {
        if (!auth.enabled()) {
            return Caller.NOBODY;
        }
        return who.caller(auth, replica.authentication().tokens()).orElseThrow(Guard::invalidToken);
    }

    private static RuntimeException invalidToken() {
        return Failures.status(Refusal.INVALID_AUTH_TOKEN).asRuntimeException();
    }

    /** Throws why the caller may not have what a view shows; to be called in the read, after {@link #recognized} or a barrier. */
    void check(View view, Identity who, Function<Caller, Optional<Refusal>> rule) {
        if (view.auth().enabled()) {
            Failures.check(rule.apply(caller(view.auth(), who)));
        }
    }

    /** Completes when this member knows the token, if it is one that any member knows; for reads that have no barrier of their own. */
    CompletableFuture<Boolean> recognized(Identity who) {
        AuthState auth = who.token().isPresent() ? replica.auth() : AuthState.NEW;
        return auth.enabled()
                        && who.caller(auth, replica.authentication().tokens()).isEmpty()
                ? replica.readBarrier().thenApply(_ -> true)
                : CompletableFuture.completedFuture(true);
    }

    /**
     * Completes with why the caller may not have something, empty if it may; for what is no read of keys. With authentication on there
     * is a barrier first.
     */
    CompletableFuture<Optional<Refusal>> judge(Identity who, BiFunction<View, Caller, Optional<Refusal>> rule) {
        boolean enabled;
        try {
            enabled = replica.auth().enabled();
        } catch (KvException e) {
            // A snapshot is taking the state's place.
            return CompletableFuture.failedFuture(e);
        }
        return enabled ? judgeNow(who, rule) : CompletableFuture.completedFuture(Optional.empty());
    }

    /** As {@link #judge}, and with a barrier in any case: for what must not happen after authentication was switched on elsewhere. */
    CompletableFuture<Optional<Refusal>> judgeNow(Identity who, BiFunction<View, Caller, Optional<Refusal>> rule) {
        return replica.readBarrier()
                .thenApply(_ -> replica.read(view -> {
                    AuthState auth = view.auth();
                    if (!auth.enabled()) {
                        return Optional.empty();
                    }
                    Optional<Caller> caller =
                            who.caller(auth, replica.authentication().tokens());
                    return caller.isEmpty() ? Optional.of(Refusal.INVALID_AUTH_TOKEN) : rule.apply(view, caller.get());
                }));
    }

    /** Puts a command through the log in the caller's name. */
    CompletableFuture<Committed> propose(Identity who, Command command) {
        AuthState auth = replica.auth();
        if (!auth.enabled()) {
            CompletableFuture<Committed> sent = replica.propose(command);
            return who.isNobody() ? sent : sent.thenCompose(committed -> orAgain(committed, who, command));
        }
        Optional<Caller> caller = who.caller(auth, replica.authentication().tokens());
        if (caller.isEmpty() || Permits.precheck(auth, caller.get(), command).isPresent()) {
            return proposeAfterBarrier(who, command);
        }
        return replica.propose(new Command.As(caller.get(), command))
                .thenCompose(committed -> orAgain(committed, who, command));
    }

    /** What was refused only because this member was behind when it named the caller gets a second try. */
    private CompletableFuture<Committed> orAgain(Committed committed, Identity who, Command command) {
        boolean behind = committed.answer() instanceof Answer.Refused(Refusal refusal)
                && (refusal == Refusal.AUTH_OLD_REVISION || (refusal == Refusal.USER_EMPTY && !who.isNobody()));
        return behind ? proposeAfterBarrier(who, command) : CompletableFuture.completedFuture(committed);
    }

    private CompletableFuture<Committed> proposeAfterBarrier(Identity who, Command command) {
        return replica.readBarrier().thenCompose(_ -> {
            AuthState auth = replica.auth();
            if (!auth.enabled()) {
                return replica.propose(command);
            }
            Caller caller = caller(auth, who);
            Failures.check(Permits.precheck(auth, caller, command));
            return replica.propose(new Command.As(caller, command));
        });
    }
}
