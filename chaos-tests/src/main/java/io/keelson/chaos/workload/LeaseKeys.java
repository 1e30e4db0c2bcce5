package io.keelson.chaos.workload;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Some keys under a lease, renewed for a while; then the lease is given up, or ended. Nobody else deletes these keys. */
final class LeaseKeys {

    private static final String PREFIX = "lease/";

    private LeaseKeys() {}

    static void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        while (!stop.getAsBoolean()) {
            long lease = 1_000_000L + client.recorder().unique();
            if (!(client.grant(lease, 2 + random.nextInt(3)) instanceof Result.Ok)) {
                continue;
            }
            String prefix = PREFIX + lease + "/";
            client.write(new Write(
                    List.of(), List.of(put(client, prefix + "a", lease), put(client, prefix + "b", lease)), List.of()));
            client.write(Write.of(put(client, prefix + "c", lease)));
            int renewals = random.nextInt(5);
            for (int i = 0; i < renewals && !stop.getAsBoolean(); i++) {
                Thread.sleep(200 + random.nextInt(1_200));
                if (client.keepAlive(lease) instanceof Result.Ok(long _, Body.Lifetime(long seconds)) && seconds == 0) {
                    break;
                }
            }
            if (random.nextInt(4) == 0) {
                client.revoke(lease);
            }
            Workload.think(random);
        }
    }

    private static Action put(Client client, String key, long lease) {
        return new Action.Put(key, "v" + client.recorder().unique(), lease);
    }
}
