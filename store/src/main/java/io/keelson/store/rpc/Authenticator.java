package io.keelson.store.rpc;

import io.keelson.proto.etcd.User;
import io.keelson.store.auth.JwtTokens;
import io.keelson.store.auth.Passwords;
import io.keelson.store.auth.SimpleTokens;
import io.keelson.store.mvcc.Answer;
import io.keelson.store.mvcc.AuthCommand;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Command;
import io.keelson.store.mvcc.Refusal;
import io.keelson.store.node.Replica;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Gives tokens for passwords.
 *
 * <pre>
 *   barrier --> the user's hash at auth revision r --> bcrypt, tens of milliseconds
 *     simple:  Authenticate(user, secret, r) through the log; users have changed since r? once more from the start
 *     JWT:     signed for r; if users have changed since, the store will say so when the token is used
 * </pre>
 */
final class Authenticator {

    /** How often a password is looked at for one call, when users keep changing meanwhile. */
    private static final int TRIES = 5;

    private final Replica replica;
    private final Passwords passwords;

    Authenticator(Replica replica) {
        this.replica = replica;
        this.passwords = replica.authentication().passwords();
    }

    /** A token for a user; exceptionally the refusal, which does not tell a wrong password from a wrong name. */
    CompletableFuture<String> token(String name, String password) {
        return token(name, password, TRIES);
    }

    private CompletableFuture<String> token(String name, String password, int tries) {
        return replica.readBarrier().thenCompose(_ -> {
            AuthState auth = replica.auth();
            if (!auth.enabled()) {
                return refused(Refusal.AUTH_NOT_ENABLED);
            }
            Optional<User> user = auth.user(name);
            if (user.isPresent() && user.get().getOptions().getNoPassword()) {
                return refused(Refusal.PASSWORD_FOR_NONE);
            }
            return user.map(known -> passwords.matches(known.getPassword().toStringUtf8(), password))
                    .orElseGet(() -> passwords.matchesNobody(password))
                    .thenCompose(right ->
                            right ? assign(name, password, auth.revision(), tries) : refused(Refusal.AUTH_FAILED));
        });
    }

    private CompletableFuture<String> assign(String name, String password, long revision, int tries) {
        return switch (replica.authentication().tokens()) {
            case JwtTokens jwt ->
                jwt.signs()
                        ? CompletableFuture.completedFuture(jwt.issue(name, revision))
                        : CompletableFuture.failedFuture(Failures.VERIFY_ONLY.asRuntimeException());
            case SimpleTokens simple ->
                replica.propose(new Command.Auth(new AuthCommand.Authenticate(name, simple.secret(), revision)))
                        .thenCompose(committed -> switch (committed.answer()) {
                            case Answer.Authenticated(String token) -> CompletableFuture.completedFuture(token);
                            case Answer.Refused(Refusal refusal)
                            when refusal == Refusal.AUTH_OLD_REVISION && tries > 1 -> token(name, password, tries - 1);
                            case Answer other ->
                                CompletableFuture.completedFuture(Failures.expect(Answer.Authenticated.class, other)
                                        .token());
                        });
        };
    }

    private static CompletableFuture<String> refused(Refusal refusal) {
        return CompletableFuture.failedFuture(Failures.status(refusal).asRuntimeException());
    }
}
