package io.keelson.chaos.nemesis;

import io.keelson.chaos.client.Client;
import io.keelson.chaos.client.Recorder;
import io.keelson.chaos.cluster.Ensemble;
import io.keelson.chaos.cluster.Link;
import io.keelson.chaos.cluster.Membership;
import io.keelson.chaos.cluster.Switches;
import io.keelson.chaos.history.Result;
import java.nio.file.Path;
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

    /** A learner that is behind is refused its vote: it is asked for again and again, so often. */
    private static final int PROMOTIONS = 20;

    private static final long PROMOTION_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Ensemble ensemble;
    private final Membership membership;
    private final Clocks clocks;
    private final Recorder recorder;
    private final Client operator;
    private final LongSupplier compactable;
    private final Consumer<String> tell;
    private final List<Span> spans = new ArrayList<>();
    /** Members with a sick disk, once for each fault. */
    private final List<Integer> sick = new ArrayList<>();

    private long began;
    private final Queue<Step> steps = new PriorityQueue<>(Comparator.comparingLong(Step::at));

    /**
     * A nemesis that has not begun.
     *
     * @param membership changes the members
     * @param operator asks for compactions
     * @param compactable the highest revision whose history somebody has already seen
     * @param tell hears a line for each thing done
     */
    public Nemesis(
            Ensemble ensemble,
            Membership membership,
            Recorder recorder,
            Client operator,
            LongSupplier compactable,
            Consumer<String> tell) {
        this.ensemble = ensemble;
        this.membership = membership;
        this.clocks = new Clocks(ensemble);
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
        began = recorder.now();
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
        revive();
        long from = recorder.now();
        switch (planned.fault()) {
            case Fault.Kill(Fault.Who who, int pivot) -> {
                List<Integer> members = victims(who, pivot);
                members.forEach(ensemble::kill);
                undo(planned, "kill " + label(who, members), from, () -> members.forEach(this::startAgain));
            }
            case Fault.Pause(Fault.Who who, int pivot) -> {
                List<Integer> members = victims(who, pivot);
                members.forEach(ensemble::pause);
                undo(planned, "pause " + label(who, members), from, () -> members.forEach(ensemble::resume));
            }
            case Fault.Partition(Fault.Shape shape, int pivot) -> {
                List<Integer> members = ensemble.members();
                List<int[]> cuts = shape.cuts(pivot % members.size(), leader(members, pivot), members.size()).stream()
                        .map(cut -> new int[] {members.get(cut[0]), members.get(cut[1])})
                        .toList();
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
                int member = member(pivot);
                set(all, member, link);
                undo(
                        planned,
                        "links of " + (all ? "all" : "m" + (member + 1)) + ": " + words(link),
                        from,
                        () -> set(all, member, Link.CLEAR));
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
                List<Integer> members = ensemble.members();
                int leader = leader(members, pivot);
                int hands = members.get(leader);
                int to = member(pivot % members.size() == leader ? pivot + 1 : pivot);
                String came = ensemble.moveLeader(hands, to);
                undo(planned, "leader m" + (hands + 1) + " to m" + (to + 1) + ": " + came, from, () -> {});
            }
            case Fault.Wipe(int pivot) -> wipe(planned, member(pivot), from);
            case Fault.DiskFull(int pivot) -> {
                int member = member(pivot);
                sicken(
                        planned,
                        member,
                        "full",
                        from,
                        () -> Disk.fill(ensemble.directory(member)),
                        () -> Disk.free(ensemble.directory(member)));
            }
            case Fault.DiskSlow(int pivot, int millis) -> {
                int member = member(pivot);
                Path file = ensemble.directory(member).resolve(Switches.DISK);
                Disk.say(file, "slow " + millis);
                undo(planned, "fsync of m" + (member + 1) + " takes " + millis + " ms", from, () -> Disk.hush(file));
            }
            case Fault.DiskFail(int pivot) -> {
                int member = member(pivot);
                Path file = ensemble.directory(member).resolve(Switches.DISK);
                sicken(planned, member, "fails", from, () -> Disk.say(file, "fail"), () -> Disk.hush(file));
            }
            case Fault.Clock clock -> skew(planned, clock, from);
            case Fault.Member member -> change(planned, member, from);
        }
    }

    /** The machine of the member at which counting begins. */
    private int member(int pivot) {
        List<Integer> members = ensemble.members();
        return members.get(pivot % members.size());
    }

    /** Which of the members leads; the pivot if nobody does. */
    private int leader(List<Integer> members, int pivot) {
        int leader = members.indexOf(ensemble.leader().orElse(-1));
        return leader >= 0 ? leader : pivot % members.size();
    }

    private List<Integer> victims(Fault.Who who, int pivot) {
        List<Integer> members = ensemble.members();
        return who.of(pivot % members.size(), leader(members, pivot), members.size()).stream()
                .map(members::get)
                .toList();
    }

    /** A member whose disk is sick may end, and is started again when it is well. */
    private void sicken(Planned planned, int member, String how, long from, Runnable sicken, Runnable cure) {
        sick.add(member);
        ensemble.excuse(member);
        sicken.run();
        undo(planned, "disk of m" + (member + 1) + " " + how, from, () -> {
            cure.run();
            sick.removeIf(other -> other == member);
            startAgain(member);
        });
    }

    private void skew(Planned planned, Fault.Clock clock, long from) {
        List<Integer> members = clock.all() ? ensemble.members() : List.of(member(clock.pivot()));
        clocks.set(members, clock.seconds());
        if (clock.strobes()) {
            long there = planned.from() + Clocks.STROBE_MILLIS;
            for (int i = 0; there < planned.until(); i++, there += Clocks.STROBE_MILLIS) {
                int seconds = i % 2 == 0 ? -clock.seconds() : clock.seconds();
                steps.add(new Step(there, () -> clocks.set(members, seconds)));
            }
        }
        undo(
                planned,
                "clock of " + Ensemble.names(members) + " wrong by "
                        + (clock.strobes() ? "+-" + Math.abs(clock.seconds()) : clock.seconds()) + " s",
                from,
                () -> clocks.right(members));
    }

    // ---- members ---------------------------------------------------------------------------------------------------

    private void change(Planned planned, Fault.Member wanted, long from) {
        if (!membership.learn()) {
            undo(planned, "members: no change, the list is not to be had", from, () -> {});
            return;
        }
        List<Integer> voters = ensemble.voters();
        List<Integer> learners = ensemble.learners();
        List<Integer> vacant = ensemble.vacant();
        // One learner at a time is all that etcd allows.
        boolean mayAdd = learners.isEmpty() && !vacant.isEmpty();
        List<Integer> removable = voters.size() > Membership.FEWEST ? ensemble.members() : learners;
        if (mayAdd && (wanted.grow() || removable.isEmpty())) {
            int slot = vacant.get(wanted.pivot() % vacant.size());
            String came = membership.add(slot);
            undo(planned, "add m" + (slot + 1) + " as a learner: " + came, from, () -> promote(slot, PROMOTIONS));
        } else if (removable.isEmpty()) {
            undo(planned, "members: no change, none is too many and no machine is free", from, () -> {});
        } else {
            int at = wanted.pivot() % removable.size();
            int slot = removable.get(wanted.leader() ? leader(removable, at) : at);
            String came = membership.remove(slot);
            undo(planned, "remove m" + (slot + 1) + ": " + came, from, () -> bury(slot));
        }
    }

    private void promote(int slot, int tries) {
        if (!ensemble.learners().contains(slot)) {
            return;
        }
        if (membership.promote(slot)) {
            tell.accept("m" + (slot + 1) + " is promoted");
        } else if (tries > 1) {
            long next = recorder.now() - began + PROMOTION_PAUSE_NANOS;
            steps.add(new Step(TimeUnit.NANOSECONDS.toMillis(next), () -> promote(slot, tries - 1)));
        }
    }

    private void bury(int slot) {
        boolean ended = !ensemble.isRunning(slot);
        if (membership.bury(slot)) {
            tell.accept("m" + (slot + 1) + " is taken away" + (ended ? ", it had ended" : ", it still ran"));
        }
    }

    /**
     * A member may only lose its data when everything that it has promised is elsewhere: first all are well, then it is killed, then the
     * others agree on something new without it.
     */
    private void wipe(Planned planned, int pivot, long from) {
        boolean well = ensemble.members().stream().allMatch(ensemble::isUp)
                && ensemble.awaitAnswers(ensemble.members(), WIPE_WAIT_SECONDS).isEmpty();
        if (!well) {
            undo(planned, "wipe m" + (pivot + 1) + ": not done, not all are well", from, () -> {});
            return;
        }
        ensemble.kill(pivot);
        List<Integer> others =
                ensemble.members().stream().filter(member -> member != pivot).toList();
        boolean agreed = ensemble.awaitAnswers(others, WIPE_WAIT_SECONDS).isEmpty();
        if (agreed) {
            ensemble.wipe(pivot);
        }
        undo(planned, "m" + (pivot + 1) + " down" + (agreed ? ", its data lost" : ""), from, () -> startAgain(pivot));
    }

    private void startAgain(int member) {
        if (ensemble.members().contains(member) && !ensemble.isRunning(member)) {
            ensemble.start(member);
            if (sick.contains(member)) {
                ensemble.excuse(member);
            }
        }
    }

    /** Whoever has ended, as it might, and could live again: late, or because it found no leader when it joined. */
    private void revive() {
        ensemble.fallen().stream()
                .filter(member -> ensemble.isExcused(member) && !sick.contains(member))
                .forEach(this::startAgain);
    }

    private void set(boolean all, int pivot, Link link) {
        for (int from : ensemble.slots()) {
            for (int to : ensemble.slots()) {
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
        return word(who) + " (" + Ensemble.names(members) + ")";
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
