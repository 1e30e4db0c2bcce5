package io.keelson.store.auth;

import io.keelson.store.KvException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * Passwords and their bcrypt hashes, as etcd stores them. A hash costs tens of milliseconds of CPU on purpose, so this has a thread of its
 * own and a bound on who waits for it: people who guess passwords must not slow down those who work.
 */
public final class Passwords implements AutoCloseable {

    /** Longest password in bytes: bcrypt would cut off what is behind. */
    public static final int MAX_BYTES = 72;

    /** Hashes that may wait; more are refused with "too many requests". */
    static final int MAX_WAITING = 256;

    private static final String VERSION = "2a";
    private static final int SALT_BYTES = 16;

    private final int cost;
    private final SecureRandom random = new SecureRandom();
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("store-passwords").daemon().factory());

    /** @param cost logarithm of the work that a hash costs, 4 to 31 */
    public Passwords(int cost) {
        this.cost = cost;
        thread.allowCoreThreadTimeOut(true);
    }

    /**
     * A salted hash of a password; exceptionally {@code KvException} INVALID for one that is longer than {@link #MAX_BYTES}, OVERLOADED
     * when too many wait.
     */
    public CompletableFuture<String> hash(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_BYTES) {
            return CompletableFuture.failedFuture(new KvException(
                    KvException.Reason.INVALID, "bcrypt: password length exceeds " + MAX_BYTES + " bytes"));
        }
        return later(() -> {
            byte[] salt = new byte[SALT_BYTES];
            random.nextBytes(salt);
            return OpenBSDBCrypt.generate(VERSION, bytes, salt, cost);
        });
    }

    /**
     * Whether a password is the one of the hash; false for what is no hash. Exceptionally {@code KvException} OVERLOADED when too many
     * wait.
     */
    public CompletableFuture<Boolean> matches(String hash, String password) {
        return later(() -> isHash(hash) && OpenBSDBCrypt.checkPassword(hash, cut(password)));
    }

    /** Takes as long as {@link #matches}, so that nobody learns from the time whether a user is there; always false. */
    public CompletableFuture<Boolean> matchesNobody(String password) {
        return later(() -> {
            byte[] hashed = OpenBSDBCrypt.generate(VERSION, cut(password), new byte[SALT_BYTES], cost)
                    .getBytes(StandardCharsets.US_ASCII);
            return hashed.length == 0;
        });
    }

    private static byte[] cut(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return bytes.length > MAX_BYTES ? Arrays.copyOf(bytes, MAX_BYTES) : bytes;
    }

    private static boolean isHash(String hash) {
        return hash.matches("\\$2[aby]\\$[0-3][0-9]\\$[./A-Za-z0-9]{53}");
    }

    private interface Work<T> {
        T run();
    }

    private <T> CompletableFuture<T> later(Work<T> work) {
        try {
            return CompletableFuture.supplyAsync(work::run, thread);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new KvException(KvException.Reason.OVERLOADED, "etcdserver: too many requests", e));
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
