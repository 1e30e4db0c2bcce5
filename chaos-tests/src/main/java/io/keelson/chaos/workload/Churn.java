package io.keelson.chaos.workload;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Keys that come and go, and reads of all kinds: now, of this member's own state, of the past. */
final class Churn {

    private static final String PREFIX = "churn/";
    private static final int KEYS = 6;
    private static final int PAST = 60;

    private Churn() {}

    static void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        Keys all = Keys.prefix(PREFIX);
        while (!stop.getAsBoolean()) {
            switch (random.nextInt(8)) {
                case 0, 1 -> client.write(Write.of(put(client, key(random))));
                case 2 -> client.write(Write.of(new Action.Delete(Keys.one(key(random)))));
                case 3 -> several(client, random);
                case 4 -> client.read(all);
                case 5 -> client.read(all, true, 0);
                case 6 -> client.read(Keys.one(key(random)), true, 0);
                default -> past(client, all, random);
            }
            Workload.think(random);
        }
    }

    private static String key(Random random) {
        return PREFIX + random.nextInt(KEYS);
    }

    private static Action put(Client client, String key) {
        return new Action.Put(key, "v" + client.recorder().unique(), 0);
    }

    /** One key moves to another, if it was not there; else all are read. */
    private static void several(Client client, Random random) {
        String from = PREFIX + random.nextInt(KEYS / 2);
        String to = PREFIX + (KEYS / 2 + random.nextInt(KEYS / 2));
        client.write(new Write(
                List.of(new Condition(to, Condition.Field.VERSION, 0)),
                List.of(put(client, to), new Action.Delete(Keys.one(from)), new Action.Get(Keys.prefix(PREFIX))),
                List.of(new Action.Get(Keys.one(to)), new Action.Get(Keys.one(from)))));
    }

    private static void past(Client client, Keys all, Random random) {
        if (client.read(Keys.one(key(random))) instanceof Result.Ok ok) {
            client.read(all, random.nextBoolean(), Math.max(1, ok.revision() - random.nextInt(PAST)));
        }
    }
}
