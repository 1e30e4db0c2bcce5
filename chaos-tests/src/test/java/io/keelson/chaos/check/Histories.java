package io.keelson.chaos.check;

import io.keelson.chaos.history.Change;
import io.keelson.chaos.history.Keys;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.Result.Body;
import io.keelson.chaos.history.Version;
import io.keelson.chaos.history.WatchLog;
import io.keelson.chaos.history.WatchLog.Answer;
import io.keelson.chaos.history.WatchLog.Kind;
import io.keelson.chaos.history.WatchLog.Seen;
import io.keelson.chaos.history.WatchLog.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small histories for tests of judges. Every operation takes one tick of a clock of whole seconds; a second watcher sees changes at once. */
final class Histories {

    static final long SECOND = 1_000_000_000L;
    static final Wanted ALL = new Wanted(Keys.ALL, 1, false, false, false, false);

    private final List<Op> ops = new ArrayList<>();
    private final List<Answer> truth = new ArrayList<>();
    private final List<WatchLog> watches = new ArrayList<>();
    private long clock;

    /** The store changes so; the source of the truth sees it now. */
    Histories happens(Change... changes) {
        truth.add(events(changes));
        return this;
    }

    /** Time passes. */
    Histories sleep(long seconds) {
        clock += seconds * SECOND;
        return this;
    }

    /** A client asks and learns. */
    Histories op(Request request, Result result) {
        ops.add(new Op(1, "test", 0, request, result, clock, clock + SECOND / 2));
        clock += SECOND;
        return this;
    }

    /** Another watch, judged and not believed. */
    Histories watch(Wanted wanted, Answer... answers) {
        watches.add(new WatchLog(2, 1, wanted, List.of(answers)));
        return this;
    }

    Answer created(long revision) {
        return new Answer(clock, revision, new Kind.Created(), List.of());
    }

    Answer progress(long revision) {
        return new Answer(clock, revision, new Kind.Progress(), List.of());
    }

    Answer events(Change... changes) {
        return events(false, changes);
    }

    Answer events(boolean more, Change... changes) {
        List<Seen> seen = List.of(changes).stream()
                .map(change -> new Seen(change, Optional.empty()))
                .toList();
        return new Answer(clock, changes[changes.length - 1].revision(), new Kind.Events(more), seen);
    }

    Recording recording() {
        var all = new ArrayList<WatchLog>();
        all.add(new WatchLog(0, 0, ALL, truth));
        all.addAll(watches);
        return new Recording(ops, all);
    }

    /** What is known to have happened: from the first watch alone. */
    Truth truth() {
        return Truth.of(List.of(new WatchLog(0, 0, ALL, truth)));
    }

    static Version version(String key, String value, long create, long mod, long version) {
        return new Version(key, value, create, mod, version, 0);
    }

    static Change put(String key, String value, long create, long mod, long version) {
        return Change.put(version(key, value, create, mod, version));
    }

    static Change leased(String key, long lease, long mod) {
        return Change.put(new Version(key, "v" + mod, mod, mod, 1, lease));
    }

    static Request read(String key) {
        return new Request.Read(Keys.one(key), false, 0);
    }

    static Result found(long revision, Version... versions) {
        return new Result.Ok(revision, new Body.Found(List.of(versions)));
    }

    static Request write(String key, String value) {
        return Request.Write.of(new Request.Action.Put(key, value, 0));
    }

    static Result done(long revision) {
        return new Result.Ok(revision, new Body.Branch(true, List.of(new Body.Nothing())));
    }

    static Result unknown() {
        return new Result.Unknown("no answer");
    }

    static List<String> rules(List<Violation> violations) {
        return violations.stream().map(Violation::rule).distinct().toList();
    }
}
