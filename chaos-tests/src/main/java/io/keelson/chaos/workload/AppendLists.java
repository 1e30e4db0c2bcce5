package io.keelson.chaos.workload;

import io.keelson.chaos.check.Appends;
import io.keelson.chaos.client.Client;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/**
 * Reads some lists in one transaction and appends to them in another, on condition that none has changed. A list that has grown long is
 * followed by the next.
 */
final class AppendLists {

    private static final int LISTS = 4;
    private static final int LONGEST = 120;

    private AppendLists() {}

    static void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        int generation = 0;
        while (!stop.getAsBoolean()) {
            var keys = new TreeSet<String>();
            for (int i = 0; i <= random.nextInt(3); i++) {
                keys.add(Appends.PREFIX + random.nextInt(LISTS) + "/" + generation);
            }
            List<Action> gets = keys.stream()
                    .<Action>map(key -> new Action.Get(Keys.one(key)))
                    .toList();
            if (client.write(new Write(List.of(), gets, List.of()))
                            instanceof Result.Ok(long _, Body.Branch(boolean _, List<Body> steps))
                    && random.nextInt(3) != 0) {
                append(client, List.copyOf(keys), steps, gets);
                generation += steps.stream().mapToInt(AppendLists::length).max().orElse(0) > LONGEST ? 1 : 0;
            }
            Workload.think(random);
        }
    }

    private static void append(Client client, List<String> keys, List<Body> steps, List<Action> gets) {
        var conditions = new ArrayList<Condition>();
        var puts = new ArrayList<Action>();
        for (int i = 0; i < keys.size(); i++) {
            var live = ((Body.Found) steps.get(i)).versions().stream().findFirst();
            conditions.add(new Condition(
                    keys.get(i), Condition.Field.MOD, live.map(Version::mod).orElse(0L)));
            String before = live.map(version -> version.value() + ",").orElse("");
            puts.add(new Action.Put(keys.get(i), before + client.recorder().unique(), 0));
        }
        client.write(new Write(conditions, puts, gets));
    }

    private static int length(Body step) {
        return ((Body.Found) step)
                .versions().stream()
                        .mapToInt(version -> version.value().split(",", -1).length)
                        .sum();
    }
}
