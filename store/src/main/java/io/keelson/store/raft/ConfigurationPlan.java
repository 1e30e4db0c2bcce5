package io.keelson.store.raft;

import io.keelson.store.mvcc.MemberRecord;
import io.keelson.store.mvcc.Membership;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How the configuration of the log follows the list of members: one member at a time, so that the old and the new majority always
 * overlap in a member that has everything.
 */
final class ConfigurationPlan {

    private ConfigurationPlan() {}

    /** Who counts in the log, by ids. */
    record Configuration(Set<Long> voters, Set<Long> learners) {
        Configuration {
            voters = Set.copyOf(voters);
            learners = Set.copyOf(learners);
        }

        boolean contains(long id) {
            return voters.contains(id) || learners.contains(id);
        }
    }

    /** One step. */
    sealed interface Step {
        /** The log shall have this configuration. */
        record Configure(Configuration next) implements Step {}

        /** The leader itself must go: somebody else has to lead first. */
        record HandOver() implements Step {}
    }

    /**
     * The next step, empty if there is none to take now.
     *
     * @param self the leader
     * @param knocking members that run and wait to be let in
     */
    static Optional<Step> next(Membership wanted, Configuration current, long self, Set<Long> knocking) {
        var voters = new TreeSet<>(current.voters());
        var learners = new TreeSet<>(current.learners());
        for (long id : voters) {
            if (wanted.member(id).isEmpty() && id != self) {
                voters.remove(id);
                return Optional.of(new Step.Configure(new Configuration(voters, learners)));
            }
        }
        for (long id : learners) {
            if (wanted.member(id).isEmpty()) {
                learners.remove(id);
                return Optional.of(new Step.Configure(new Configuration(voters, learners)));
            }
        }
        if (wanted.member(self).isEmpty()) {
            return Optional.of(new Step.HandOver());
        }
        for (MemberRecord member : wanted.members()) {
            if (learners.contains(member.id()) && !member.learner()) {
                learners.remove(member.id());
                voters.add(member.id());
                return Optional.of(new Step.Configure(new Configuration(voters, learners)));
            }
            // Only who runs can catch up; one that does not would hold up every other change.
            if (!current.contains(member.id()) && knocking.contains(member.id())) {
                (member.learner() ? learners : voters).add(member.id());
                return Optional.of(new Step.Configure(new Configuration(voters, learners)));
            }
        }
        return Optional.empty();
    }
}
