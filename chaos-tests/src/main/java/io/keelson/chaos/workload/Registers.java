package io.keelson.chaos.workload;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Version;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Numbers under few keys. Every number is written once in a run, so that a read tells which write it saw. */
public final class Registers {

    /** Keys of the workload begin so; all that is done to them is reads, puts and sets on condition. */
    public static final String PREFIX = "register/";

    private static final int KEYS = 4;

    private Registers() {}

    static void blind(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        while (!stop.getAsBoolean()) {
            String key = PREFIX + "blind/" + random.nextInt(KEYS);
            int dice = random.nextInt(10);
            if (dice < 4) {
                client.read(Keys.one(key));
            } else if (dice < 7) {
                client.write(Write.of(new Action.Put(key, number(client), 0)));
            } else {
                set(client, key);
            }
            Workload.think(random);
        }
    }

    static void compareAndSet(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        while (!stop.getAsBoolean()) {
            set(client, PREFIX + "cas/" + random.nextInt(KEYS));
            Workload.think(random);
        }
    }

    private static void set(Client client, String key) {
        if (client.read(Keys.one(key)) instanceof Result.Ok(long _, Result.Body.Found found)) {
            long mod = found.versions().stream()
                    .mapToLong(Version::mod)
                    .findFirst()
                    .orElse(0);
            client.write(new Write(
                    List.of(new Condition(key, Condition.Field.MOD, mod)),
                    List.of(new Action.Put(key, number(client), 0)),
                    List.of(new Action.Get(Keys.one(key)))));
        }
    }

    private static String number(Client client) {
        return Long.toString(client.recorder().unique());
    }
}
