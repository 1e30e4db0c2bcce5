package io.keelson.chaos.nemesis;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.client.Recorder;
import io.keelson.chaos.cluster.Ensemble;
import io.keelson.chaos.cluster.Link;
import io.keelson.chaos.history.Result;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Carries a schedule out, in one thread. What it does it tells, a line each. */
public final class Nemesis {

    private static final long WIPE_WAIT_SECONDS = 5;

    private record Step(long at, Runnable run) {}

    private final Ensemble ensemble;
    private final Recorder recorder;
    private final Client operator;
    private final LongSupplier compactable;
    private final Consumer<String> tell;
    private final List<Span> spans = new ArrayList<>();
    private final Queue<Step> steps = new PriorityQueue<>(Comparator.comparingLong(Step::at));

    /**
     * A nemesis that has not begun.
     *
     * @param operator asks for compactions
     * @param compactable the highest revision whose history somebody has already seen
     * @param tell hears a line for each thing done
     */
    public Nemesis(
            Ensemble ensemble, Recorder recorder, Client operator, LongSupplier compactable, Consumer<String> tell) {
        this.ensemble = ensemble;
        this.recorder = recorder;
        this.operator = operator;
        this.compactable = compactable;
        this.tell = tell;
    }

    /** Runs from now until the run is over, and undoes all that is left. */
    public void run(List<Planned> plan, int seconds) throws InterruptedException {
        for (Planned planned : plan) {
            steps.add(new Step(planned.from(), () -> begin(planned)));
        }
        long began = recorder.now();
        while (!steps.isEmpty()) {
            Step step = steps.remove();
            sleepUntil(began + TimeUnit.MILLISECONDS.toNanos(step.at));
            step.run.run();
        }
        sleepUntil(began + TimeUnit.SECONDS.toNanos(seconds));
    }

    private void sleepUntil(long moment) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(Math.max(0, moment - recorder.now()));
    }

    /** What was done, and when. */
    public List<Span> spans() {
        return List.copyOf(spans);
    }

    private void begin(Planned planned) {
        int size = ensemble.size();
        long from = recorder.now();
        switch (planned.fault()) {
            case Fault.Kill(Fault.Who who, int pivot) -> {
                List<Integer> members = who.of(pivot, ensemble.leader().orElse(pivot), size);
                members.forEach(ensemble::kill);
                undo(planned, "kill " + label(who, members), from, () -> members.forEach(this::startAgain));
            }
            case Fault.Pause(Fault.Who who, int pivot) -> {
                List<Integer> members = who.of(pivot, ensemble.leader().orElse(pivot), size);
                members.forEach(ensemble::pause);
                undo(planned, "pause " + label(who, members), from, () -> members.forEach(ensemble::resume));
            }
            case Fault.Partition(Fault.Shape shape, int pivot) -> {
                List<int[]> cuts = shape.cuts(pivot, ensemble.leader().orElse(pivot), size);
                cuts.forEach(cut -> ensemble.cut(cut[0], cut[1]));
                String ways = cuts.stream()
                        .map(cut -> "m" + (cut[0] + 1) + ">m" + (cut[1] + 1))
                        .collect(Collectors.joining(" "));
                undo(
                        planned,
                        "partition " + word(shape) + " (" + ways + ")",
                        from,
                        () -> cuts.forEach(cut -> ensemble.mend(cut[0], cut[1])));
            }
            case Fault.Worse(boolean all, int pivot, Link link) -> {
                set(all, pivot, link);
                undo(
                        planned,
                        "links of " + (all ? "all" : "m" + (pivot + 1)) + ": " + words(link),
                        from,
                        () -> set(all, pivot, Link.CLEAR));
            }
            case Fault.Compact(int behind) -> {
                long revision = Math.min(compactable.getAsLong(), recorder.newest() - behind);
                if (revision > 0) {
                    Result result = operator.compact(revision);
                    String came = result instanceof Result.Ok ? "done" : result.toString();
                    undo(planned, "compact to " + revision + ": " + came, from, () -> {});
                }
            }
            case Fault.Transfer(int pivot) -> {
                int leader = ensemble.leader().orElse(pivot);
                int to = pivot == leader ? (pivot + 1) % size : pivot;
                String came = ensemble.moveLeader(leader, to);
                undo(planned, "leader m" + (leader + 1) + " to m" + (to + 1) + ": " + came, from, () -> {});
            }
            case Fault.Wipe(int pivot) -> wipe(planned, pivot, from);
            case Fault.DiskFull(int pivot) -> {
                Disk.fill(ensemble.directory(pivot));
                undo(planned, "disk of m" + (pivot + 1) + " full", from, () -> {
                    Disk.free(ensemble.directory(pivot));
                    startAgain(pivot);
                });
            }
        }
    }

    /**
     * A member may only lose its data when everything that it has promised is elsewhere: first all are well, then it is killed, then the
     * others agree on something new without it.
     */
    private void wipe(Planned planned, int pivot, long from) {
        boolean well = ensemble.all().stream().allMatch(ensemble::isUp)
                && ensemble.awaitAnswers(ensemble.all(), WIPE_WAIT_SECONDS).isEmpty();
        if (!well) {
            undo(planned, "wipe m" + (pivot + 1) + ": not done, not all are well", from, () -> {});
            return;
        }
        ensemble.kill(pivot);
        List<Integer> others =
                ensemble.all().stream().filter(member -> member != pivot).toList();
        boolean agreed = ensemble.awaitAnswers(others, WIPE_WAIT_SECONDS).isEmpty();
        if (agreed) {
            ensemble.wipe(pivot);
        }
        undo(planned, "m" + (pivot + 1) + " down" + (agreed ? ", its data lost" : ""), from, () -> startAgain(pivot));
    }

    private void startAgain(int member) {
        if (ensemble.fallen().contains(member) || !ensemble.isRunning(member)) {
            ensemble.start(member);
        }
    }

    private void set(boolean all, int pivot, Link link) {
        for (int from : ensemble.all()) {
            for (int to : ensemble.all()) {
                if (from != to && (all || from == pivot || to == pivot)) {
                    ensemble.link(from, to, link);
                }
            }
        }
    }

    private void undo(Planned planned, String what, long from, Runnable undo) {
        tell.accept(what);
        steps.add(new Step(planned.until(), () -> {
            undo.run();
            spans.add(new Span(what, from, recorder.now()));
        }));
    }

    private static String label(Fault.Who who, List<Integer> members) {
        return word(who) + " ("
                + members.stream().map(member -> "m" + (member + 1)).collect(Collectors.joining(" ")) + ")";
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    private static String words(Link link) {
        var words = new ArrayList<String>();
        if (link.delayMillis() > 0 || link.jitterMillis() > 0) {
            words.add(link.delayMillis() + " to " + (link.delayMillis() + link.jitterMillis()) + " ms late");
        }
        if (link.breaks() > 0) {
            words.add("break at " + link.breaks() * 100 + " % of pieces");
        }
        if (link.bytesPerSecond() > 0) {
            words.add(link.bytesPerSecond() / 1000 + " kB/s");
        }
        return String.join(", ", words);
    }
}
