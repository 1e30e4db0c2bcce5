package io.keelson.chaos.workload;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.client.Watcher;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.WatchLog.Wanted;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Watches that come and go: of one key, of some, of all; from now, from the past, from the future; with every option. */
final class Watches {

    private static final List<Keys> KEYS = List.of(
            Keys.ALL,
            Keys.prefix("register/"),
            Keys.prefix("churn/"),
            Keys.one("churn/1"),
            Keys.one("register/blind/0"),
            Keys.prefix("lease/"),
            Keys.prefix("append/"));

    private static final int PAST = 300;
    private static final int FUTURE = 20;

    private Watches() {}

    static void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        while (!stop.getAsBoolean()) {
            follow(client, wanted(client, random), random, stop);
        }
    }

    private static Wanted wanted(Client client, Random random) {
        long newest = client.recorder().newest();
        long start = switch (random.nextInt(4)) {
            case 0 -> 0;
            case 1 -> newest + 1 + random.nextInt(FUTURE);
            default -> Math.max(1, newest - random.nextInt(PAST));
        };
        int filter = random.nextInt(6);
        return new Wanted(
                KEYS.get(random.nextInt(KEYS.size())),
                start,
                random.nextBoolean(),
                filter == 0,
                filter == 1,
                random.nextInt(4) == 0);
    }

    /** Watches for some seconds; a watch that breaks is taken up where it was. */
    private static void follow(Client client, Wanted wanted, Random random, BooleanSupplier stop)
            throws InterruptedException {
        int rounds = 4 + random.nextInt(12);
        Wanted now = wanted;
        while (rounds > 0 && !stop.getAsBoolean()) {
            try (var watcher = new Watcher(client, now)) {
                if (random.nextInt(3) == 0) {
                    watcher.askProgress();
                }
                boolean ended = false;
                while (!ended && rounds-- > 0 && !stop.getAsBoolean()) {
                    ended = watcher.awaitEnd(100 + random.nextInt(400));
                    if (!ended && random.nextInt(2) == 0) {
                        watcher.askProgress();
                    }
                }
                if (watcher.wasCompacted()) {
                    return;
                }
                now = new Wanted(
                        now.keys(),
                        watcher.next(),
                        now.previous(),
                        now.withoutPuts(),
                        now.withoutDeletes(),
                        now.fragment());
            }
            client.channel().resetConnectBackoff();
            Thread.sleep(50);
        }
    }
}
