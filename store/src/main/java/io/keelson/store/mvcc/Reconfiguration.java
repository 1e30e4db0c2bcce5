package io.keelson.store.mvcc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a change of members is safe just now; etcd's strict reconfiguration check. {@link Membership#apply} says whether it is possible
 * at all, and has the last word.
 */
public final class Reconfiguration {

    /** A learner with this part of the leader's log has caught up; etcd's number. */
    private static final double CAUGHT_UP = 0.9;

    private Reconfiguration() {}

    /**
     * How the members stand, as their leader sees them.
     *
     * @param leader its id
     * @param connected ids of those that answer it, itself included
     * @param matched for each member, itself included, how much of the log it has
     */
    public record Health(long leader, Set<Long> connected, Map<Long, Long> matched) {
        /** Takes copies. */
        public Health {
            connected = Set.copyOf(connected);
            matched = Map.copyOf(matched);
        }
    }

    /** Why the change should not be made now, if so. */
    public static Optional<Refusal> check(Membership membership, MemberChange change, Health health) {
        return switch (change) {
            case MemberChange.Add(MemberRecord member) -> checkAdd(membership, member, health);
            case MemberChange.Remove(long id) -> checkRemove(membership, id, health);
            case MemberChange.Promote(long id) -> checkPromote(membership, id, health);
            case MemberChange.Bootstrap _, MemberChange.Update _, MemberChange.Publish _ -> Optional.empty();
        };
    }

    private static Optional<Refusal> checkAdd(Membership membership, MemberRecord added, Health health) {
        List<MemberRecord> voters = membership.voters();
        long started = started(voters);
        // One alone may always get a second: there is no other way to two.
        boolean second = voters.size() == 1 && started == 1;
        if (!added.learner() && !second && started < quorum(voters.size() + 1)) {
            return Optional.of(Refusal.NOT_ENOUGH_STARTED);
        }
        boolean allConnected = voters.stream().allMatch(member -> health.connected.contains(member.id()));
        return allConnected ? Optional.empty() : Optional.of(Refusal.UNHEALTHY);
    }

    private static Optional<Refusal> checkRemove(Membership membership, long id, Health health) {
        if (membership.member(id).filter(MemberRecord::learner).isPresent()) {
            return Optional.empty();
        }
        List<MemberRecord> voters = membership.voters();
        List<MemberRecord> rest =
                voters.stream().filter(member -> member.id() != id).toList();
        if (rest.isEmpty() || started(rest) < quorum(rest.size())) {
            return Optional.of(Refusal.NOT_ENOUGH_STARTED);
        }
        // One that is down is no part of the quorum that is at work.
        if (!health.connected.contains(id)) {
            return Optional.empty();
        }
        long active = voters.stream()
                .filter(member -> health.connected.contains(member.id()))
                .count();
        return active - 1 < 1 + (voters.size() - 1) / 2 ? Optional.of(Refusal.UNHEALTHY) : Optional.empty();
    }

    private static Optional<Refusal> checkPromote(Membership membership, long id, Health health) {
        Long match = health.matched.get(id);
        Optional<MemberRecord> member = membership.member(id);
        if (member.isEmpty()) {
            return Optional.of(Refusal.MEMBER_NOT_FOUND);
        }
        if (!member.get().learner()) {
            return Optional.of(Refusal.MEMBER_NOT_LEARNER);
        }
        long all = health.matched.getOrDefault(health.leader, 0L);
        if (match == null || match < all * CAUGHT_UP) {
            return Optional.of(Refusal.LEARNER_NOT_READY);
        }
        List<MemberRecord> voters = membership.voters();
        return started(voters) + 1 < quorum(voters.size() + 1)
                ? Optional.of(Refusal.NOT_ENOUGH_STARTED)
                : Optional.empty();
    }

    private static long started(List<MemberRecord> members) {
        return members.stream().filter(MemberRecord::isStarted).count();
    }

    private static int quorum(int members) {
        return members / 2 + 1;
    }
}
