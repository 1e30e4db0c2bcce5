package io.keelson.store.auth;

import io.keelson.proto.etcd.User;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Change;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * etcd's simple tokens, {@code <16 letters>.<number>}: random, given out through the log so that every member knows them, and kept in
 * each member's memory for as long as they are used there. A member that starts again, or that a snapshot brought up to date, knows none;
 * its clients hear "invalid auth token" and authenticate again, which etcd's client libraries do by themselves.
 */
public final class SimpleTokens implements Tokens {

    /** Tokens that a member knows; beyond, the one that was not used for the longest time is forgotten. */
    static final int MAX_TOKENS = 100_000;

    private static final int SECRET_LETTERS = 16;
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private record Known(String user, long untilNanos) {}

    private final long ttlNanos;
    private final LongSupplier nanoTime;
    private final SecureRandom random = new SecureRandom();
    /** The least recently used first, which is the one that runs out first. */
    private final LinkedHashMap<String, Known> known = new LinkedHashMap<>(16, 0.75f, true);

    /**
     * Knows no token.
     *
     * @param ttl how long a token outlives its last use
     * @param nanoTime the clock, as {@link System#nanoTime}
     */
    public SimpleTokens(Duration ttl, LongSupplier nanoTime) {
        this.ttlNanos = ttl.toNanos();
        this.nanoTime = nanoTime;
    }

    /** What is random in a new token. */
    public String secret() {
        var secret = new StringBuilder(SECRET_LETTERS);
        for (int i = 0; i < SECRET_LETTERS; i++) {
            secret.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return secret.toString();
    }

    /** Users of simple tokens are recognized now: what has changed since the token was made does not matter. */
    @Override
    public synchronized Optional<Caller> caller(String token, AuthState auth) {
        Known found = known.get(token);
        long now = nanoTime.getAsLong();
        if (found == null || found.untilNanos - now < 0) {
            known.remove(token);
            return Optional.empty();
        }
        known.put(token, new Known(found.user, now + ttlNanos));
        return Optional.of(Caller.user(found.user, auth.revision()));
    }

    /** Takes over what the log says; to be called for every applied entry, in order, before it is answered. */
    public void applied(List<Change> changes) {
        for (Change change : changes) {
            switch (change) {
                case Change.TokenAssigned(String token, String user) -> assign(token, user);
                case Change.Auth(AuthState before, AuthState after) -> forget(before, after);
                default -> {}
            }
        }
    }

    private synchronized void assign(String token, String user) {
        long now = nanoTime.getAsLong();
        known.put(token, new Known(user, now + ttlNanos));
        var eldest = known.entrySet().iterator();
        while (eldest.hasNext()) {
            Known first = eldest.next().getValue();
            if (known.size() <= MAX_TOKENS && first.untilNanos - now >= 0) {
                return;
            }
            eldest.remove();
        }
    }

    /** Tokens of users that are gone or have another password; all of them, when authentication is switched off. */
    private synchronized void forget(AuthState before, AuthState after) {
        if (!after.enabled()) {
            known.clear();
            return;
        }
        for (User user : before.users().values()) {
            String name = user.getName().toStringUtf8();
            boolean same = after.user(name)
                    .filter(now -> now.getPassword().equals(user.getPassword()))
                    .isPresent();
            if (!same) {
                known.values().removeIf(token -> token.user.equals(name));
            }
        }
    }

    /** Forgets all, because it is not known what happened in between. */
    public synchronized void clear() {
        known.clear();
    }

    synchronized int count() {
        return known.size();
    }
}
