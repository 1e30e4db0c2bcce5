package io.keelson.chaos.workload;

import io.keelson.chaos.check.LockRules;
import io.keelson.chaos.client.Client;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;

/**
 * etcd's lock recipe: a key under a lease, and the oldest key holds. The holder writes on condition that its key is still there, and names
 * its key's create revision, the token. Some holders sleep for longer than their lease lives, and believe all the same.
 */
final class Locks {

    private static final String LOCK = "lock/keys/";
    private static final int TTL_SECONDS = 2;
    private static final int TRIES = 40;

    private Locks() {}

    static void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        while (!stop.getAsBoolean()) {
            long lease = 2_000_000L + client.recorder().unique();
            if (!(client.grant(lease, TTL_SECONDS) instanceof Result.Ok)) {
                continue;
            }
            String key = LOCK + Long.toHexString(lease);
            client.write(new Write(
                    List.of(new Condition(key, Condition.Field.CREATE, 0)),
                    List.of(new Action.Put(key, "v" + client.recorder().unique(), lease)),
                    List.of(new Action.Get(Keys.one(key)))));
            Optional<Long> token = acquire(client, key, lease, stop);
            if (token.isPresent()) {
                hold(client, key, token.get(), random);
            }
            client.revoke(lease);
            Workload.think(random);
        }
    }

    /** Waits until the own key is the oldest; its create revision. Empty if it is gone or it takes too long. */
    private static Optional<Long> acquire(Client client, String key, long lease, BooleanSupplier stop)
            throws InterruptedException {
        for (int i = 0; i < TRIES && !stop.getAsBoolean(); i++) {
            if (client.read(Keys.prefix(LOCK)) instanceof Result.Ok(long _, Body.Found found)) {
                Optional<Version> oldest = found.versions().stream().min(Comparator.comparingLong(Version::create));
                if (oldest.isEmpty()
                        || found.versions().stream().noneMatch(one -> one.key().equals(key))) {
                    return Optional.empty();
                }
                if (oldest.get().key().equals(key)) {
                    return Optional.of(oldest.get().create());
                }
            }
            if (i % 5 == 4) {
                client.keepAlive(lease);
            }
            Thread.sleep(100);
        }
        return Optional.empty();
    }

    private static void hold(Client client, String key, long token, Random random) throws InterruptedException {
        long from = client.recorder().now();
        boolean sleeps = random.nextInt(5) == 0;
        Thread.sleep(sleeps ? TTL_SECONDS * 1_000L + random.nextInt(2_500) : random.nextInt(200));
        String guarded = LockRules.FENCED + "resource";
        client.write(new Write(
                List.of(new Condition(key, Condition.Field.CREATE, token)),
                List.of(new Action.Put(guarded, token + ":" + client.recorder().unique(), 0)),
                List.of(new Action.Get(Keys.one(guarded)))));
        client.held("lock/keys", token, from);
    }
}
