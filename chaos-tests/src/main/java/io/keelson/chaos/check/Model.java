package io.keelson.chaos.check;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Request.Action;
import io.keelson.chaos.history.Request.Condition;
import io.keelson.chaos.history.Request.Write;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a write must do and answer on a known state, written from etcd's documentation. */
final class Model {

    /**
     * What a write does.
     *
     * @param changes in order, all of the next revision; empty: the revision stays
     * @param body the answer
     */
    record Outcome(List<Change> changes, Body body) {}

    private final Truth truth;
    private final long base;
    private final Map<String, Change> changed = new TreeMap<>();
    private final List<Change> changes = new ArrayList<>();

    private Model(Truth truth, long base) {
        this.truth = truth;
        this.base = base;
    }

    /** Runs a write on the state at a revision. */
    static Outcome run(Truth truth, long revision, Write write) {
        var model = new Model(truth, revision);
        boolean succeeded = write.conditions().stream().allMatch(model::holds);
        var steps = new ArrayList<Body>();
        for (Action action : succeeded ? write.then() : write.otherwise()) {
            steps.add(model.run(action));
        }
        return new Outcome(List.copyOf(model.changes), new Body.Branch(succeeded, List.copyOf(steps)));
    }

    private boolean holds(Condition condition) {
        Optional<Version> live = truth.get(condition.key(), base);
        long actual = switch (condition.field()) {
            case CREATE -> live.map(Version::create).orElse(0L);
            case MOD -> live.map(Version::mod).orElse(0L);
            case VERSION -> live.map(Version::version).orElse(0L);
        };
        return actual == condition.expected();
    }

    private Body run(Action action) {
        return switch (action) {
            case Action.Put(String key, String value, long lease) -> {
                Optional<Version> live = get(key);
                var after = new Version(
                        key,
                        value,
                        live.map(Version::create).orElse(base + 1),
                        base + 1,
                        live.map(Version::version).orElse(0L) + 1,
                        lease);
                change(Change.put(after));
                yield new Body.Nothing();
            }
            case Action.Delete(Keys keys) -> {
                List<Version> doomed = list(keys);
                doomed.forEach(version -> change(Change.delete(base + 1, version.key())));
                yield new Body.Deleted(doomed.size());
            }
            case Action.Get(Keys keys) -> new Body.Found(list(keys));
        };
    }

    private void change(Change change) {
        changes.add(change);
        changed.put(change.key(), change);
    }

    private Optional<Version> get(String key) {
        Change change = changed.get(key);
        return change == null ? truth.get(key, base) : change.after();
    }

    private List<Version> list(Keys keys) {
        if (changed.isEmpty()) {
            return truth.list(keys, base);
        }
        var all = new TreeMap<String, Version>();
        truth.list(keys, base).forEach(version -> all.put(version.key(), version));
        changed.values().stream().filter(change -> keys.contains(change.key())).forEach(change -> {
            all.remove(change.key());
            change.after().ifPresent(after -> all.put(after.key(), after));
        });
        return List.copyOf(all.values());
    }
}
