package io.keelson.chaos.cluster;

import io.grpc.StatusRuntimeException;
import io.keelson.proto.etcd.ClusterGrpc;
import io.keelson.proto.etcd.Member;
import io.keelson.proto.etcd.MemberAddRequest;
import io.keelson.proto.etcd.MemberListRequest;
import io.keelson.proto.etcd.MemberPromoteRequest;
import io.keelson.proto.etcd.MemberRemoveRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes who the members are, as an operator does: adds one as a learner, starts it with an empty disk, promotes it when it has caught
 * up; removes one, and takes its machine away. A change without an answer may have happened or may still; only the cluster's own list of
 * members, read linearizably, tells, and that list decides what an {@link Ensemble} has. From one thread.
 *
 * <pre>
 *   vacant machine ── add ─► learner ── promote ─► voter ── remove ─► (ends by itself) ── bury ─► vacant machine
 * </pre>
 */
public final class Membership {

    /** Fewer members there are never; a run begins with as many at least. */
    public static final int FEWEST = 3;

    /** More members there are never. */
    public static final int MOST = 5;

    /** Shorter than the store's own patience: whoever waits here cannot undo other faults meanwhile. */
    private static final long ASK_MILLIS = 3_000;

    /** For so long a change without an answer may still happen: longer than etcd's and Keelson's patience of 7 s. */
    private static final long UNSURE_SECONDS = 8;

    private static final long POLL_MILLIS = 200;

    private final Ensemble ensemble;
    private boolean unsure;

    /** Of an ensemble that runs. */
    public Membership(Ensemble ensemble) {
        this.ensemble = ensemble;
    }

    private enum Came {
        DONE,
        REFUSED,
        /** It may have happened, may happen yet, or never. */
        UNKNOWN
    }

    private record Outcome(Came came, String words) {}

    private interface Call {
        void run(ClusterGrpc.ClusterBlockingStub cluster);
    }

    /** Asks the leader, or anybody if nobody leads. */
    private Outcome ask(Call call) {
        Optional<Integer> asked = someone();
        if (asked.isEmpty()) {
            return new Outcome(Came.REFUSED, "nobody to ask");
        }
        try {
            call.run(stub(asked.get()));
            return new Outcome(Came.DONE, "done");
        } catch (StatusRuntimeException e) {
            String words = e.getStatus().getCode() + " " + e.getStatus().getDescription();
            return switch (e.getStatus().getCode()) {
                case FAILED_PRECONDITION, NOT_FOUND, INVALID_ARGUMENT -> new Outcome(Came.REFUSED, words);
                default -> {
                    unsure = true;
                    yield new Outcome(Came.UNKNOWN, words);
                }
            };
        }
    }

    private Optional<Integer> someone() {
        return ensemble.leader().stream()
                .boxed()
                .findFirst()
                .or(() -> ensemble.voters().stream().filter(ensemble::isUp).findFirst());
    }

    private ClusterGrpc.ClusterBlockingStub stub(int member) {
        return ClusterGrpc.newBlockingStub(ensemble.channel(member))
                .withDeadlineAfter(ASK_MILLIS, TimeUnit.MILLISECONDS);
    }

    // ---- the list --------------------------------------------------------------------------------------------------

    /** The cluster's own list, by machine; empty if nobody tells. */
    private Optional<Map<Integer, Member>> list() {
        Optional<Integer> asked = someone();
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        try {
            List<Member> listed = stub(asked.get())
                    .memberList(
                            MemberListRequest.newBuilder().setLinearizable(true).build())
                    .getMembersList();
            Map<Integer, Member> bySlot = new TreeMap<>();
            for (Member member : listed) {
                bySlot.put(ensemble.slotOf(member.getPeerURLs(0)), member);
            }
            return Optional.of(bySlot);
        } catch (StatusRuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Makes the ensemble what the cluster's list says: whoever is in it and does not run is started, whoever is not in it is taken away.
     *
     * @return whether the list was to be had
     */
    public boolean learn() {
        Optional<Map<Integer, Member>> list = list();
        list.ifPresent(listed -> {
            listed.forEach((slot, member) -> {
                if (!ensemble.members().contains(slot)) {
                    enrol(slot);
                }
                ensemble.mark(slot, member.getIsLearner());
                ensemble.expect(slot, true);
            });
            ensemble.members().stream()
                    .filter(slot -> !listed.containsKey(slot))
                    .forEach(ensemble::dismiss);
        });
        return list.isPresent();
    }

    // ---- changes ---------------------------------------------------------------------------------------------------

    /** Adds a machine as a learner and starts it; what came of it, in words. */
    public String add(int slot) {
        Outcome outcome = ask(cluster -> {
            var _ = cluster.memberAdd(MemberAddRequest.newBuilder()
                    .addPeerURLs(ensemble.peerUrl(slot))
                    .setIsLearner(true)
                    .build());
        });
        if (outcome.came == Came.DONE) {
            enrol(slot);
        }
        return outcome.words;
    }

    private void enrol(int slot) {
        ensemble.enrol(slot);
        ensemble.start(slot);
    }

    /** Gives a learner its vote; whether it has it now. */
    public boolean promote(int slot) {
        Optional<Member> member = list().flatMap(listed -> Optional.ofNullable(listed.get(slot)));
        if (member.isEmpty()) {
            return false;
        }
        boolean votes = !member.get().getIsLearner()
                || ask(cluster -> {
                                    var _ = cluster.memberPromote(MemberPromoteRequest.newBuilder()
                                            .setID(member.get().getID())
                                            .build());
                                })
                                .came
                        == Came.DONE;
        ensemble.mark(slot, !votes);
        return votes;
    }

    /** Removes a member, which then must end by itself; what came of it, in words. */
    public String remove(int slot) {
        Optional<Member> member = list().flatMap(listed -> Optional.ofNullable(listed.get(slot)));
        if (member.isEmpty()) {
            return "not to be found in the list of members";
        }
        ensemble.expect(slot, false);
        Outcome outcome = ask(cluster -> {
            var _ = cluster.memberRemove(
                    MemberRemoveRequest.newBuilder().setID(member.get().getID()).build());
        });
        switch (outcome.came) {
            case DONE -> ensemble.leave(slot);
            case REFUSED -> ensemble.expect(slot, true);
            case UNKNOWN -> {} // The list will tell.
        }
        return outcome.words;
    }

    /** Takes a removed member's machine away, with its disk. Returns whether it was removed. */
    public boolean bury(int slot) {
        if (ensemble.members().contains(slot)) {
            return false;
        }
        ensemble.dismiss(slot);
        return true;
    }

    /**
     * When all is healed: waits until every change has happened or never will, and gives all learners their votes.
     *
     * @return what is wrong after that time, in words; empty if nothing is
     */
    public Optional<String> settle(long seconds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        if (unsure) {
            pause(TimeUnit.SECONDS.toMillis(UNSURE_SECONDS));
        }
        boolean known = learn();
        while (!known || !ensemble.learners().isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                return Optional.of(
                        known
                                ? "learners could not be promoted: " + Ensemble.names(ensemble.learners())
                                : "the list of members is not to be had");
            }
            ensemble.learners().forEach(this::promote);
            pause(POLL_MILLIS);
            known = learn();
        }
        unsure = false;
        return Optional.empty();
    }

    private static void pause(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }
}
