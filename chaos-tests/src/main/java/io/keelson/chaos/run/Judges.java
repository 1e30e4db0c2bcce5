package io.keelson.chaos.run;

import io.keelson.chaos.check.Appends;
import io.keelson.chaos.check.LeaseRules;
import io.keelson.chaos.check.Linearizability;
import io.keelson.chaos.check.LockRules;
import io.keelson.chaos.check.RegisterHistory;
import io.keelson.chaos.check.Replay;
import io.keelson.chaos.check.Truth;
import io.keelson.chaos.check.Violation;
import io.keelson.chaos.check.WatchGuarantees;
import io.keelson.chaos.history.Op;
import io.keelson.chaos.history.Recording;
import io.keelson.chaos.history.Request;
import io.keelson.chaos.history.Result;
import io.keelson.chaos.history.WatchLog;
import io.keelson.chaos.workload.Registers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Hands a recording to every judge. Pure. */
public final class Judges {

    /** Fewer answered operations than this say nothing about a store. */
    private static final int ENOUGH = 20;

    private Judges() {}

    /**
     * The verdict.
     *
     * @param recording what clients saw
     * @param noticed what the run itself has noticed of broken promises
     * @param fencing whether two holders of a lock at a time are accepted
     */
    public static Verdict judge(Recording recording, List<Violation> noticed, boolean fencing) {
        var violations = new ArrayList<>(noticed);
        var notes = new ArrayList<String>();
        Truth truth = Truth.of(recording.watches());
        List<Op> compactions = recording.ops().stream()
                .filter(op -> op.request() instanceof Request.Compact)
                .toList();
        violations.addAll(truth.conflicts());
        violations.addAll(Replay.violations(truth, recording));
        violations.addAll(WatchGuarantees.violations(truth, recording.watches(), compactions));
        violations.addAll(LeaseRules.violations(truth, recording));
        violations.addAll(LockRules.violations(truth));
        violations.addAll(Appends.violations(recording.ops()));
        Linearizability.violations(RegisterHistory.of(recording.ops(), Registers.PREFIX))
                .forEach(text -> violations.add(Violation.of("linearizability", text)));
        long answered = recording.ops().stream()
                .filter(op -> op.result() instanceof Result.Ok)
                .count();
        if (answered < ENOUGH) {
            violations.add(Violation.of("something to judge", "only " + answered + " operations were answered"));
        }
        List<Violation> overlaps = LockRules.overlaps(recording);
        if (fencing) {
            notes.add(overlaps.size() + " times two clients believed to hold a lock: only the token kept them apart");
        } else {
            violations.addAll(overlaps);
        }
        notes.addAll(0, counts(truth, recording));
        return new Verdict(List.copyOf(violations), List.copyOf(notes));
    }

    private static List<String> counts(Truth truth, Recording recording) {
        Map<String, Long> outcomes = new TreeMap<>();
        Map<String, Long> workloads = new TreeMap<>();
        for (Op op : recording.ops()) {
            outcomes.merge(
                    switch (op.result()) {
                        case Result.Ok _ -> "answered";
                        case Result.Refused _ -> "refused";
                        case Result.Unknown _ -> "of unknown outcome";
                    },
                    1L,
                    Long::sum);
            workloads.merge(op.workload(), 1L, Long::sum);
        }
        long events = recording.watches().stream()
                .map(WatchLog::answers)
                .flatMap(List::stream)
                .mapToLong(answer -> answer.events().size())
                .sum();
        return List.of(
                recording.ops().size() + " operations " + outcomes + " of " + workloads,
                recording.watches().size() + " watches with " + events + " events; " + truth.newest() + " revisions");
    }
}
