package io.keelson.chaos.workload;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Write;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** A set whose members are keys: what was added must be in every later read of all. */
final class Sets {

    private static final String PREFIX = "set/";

    private Sets() {}

    static void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        while (!stop.getAsBoolean()) {
            if (random.nextInt(20) == 0) {
                client.read(Keys.prefix(PREFIX));
            } else {
                long member = client.recorder().unique();
                client.write(Write.of(new Action.Put(PREFIX + member, Long.toString(member), 0)));
            }
            Workload.think(random);
        }
    }
}
