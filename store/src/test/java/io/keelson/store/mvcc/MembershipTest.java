package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rules of members: what can be changed, and what is safe to change. */
class MembershipTest {

    private static final MemberRecord A = started(1, "a");
    private static final MemberRecord B = started(2, "b");
    private static final MemberRecord C = started(3, "c");
    private static final Membership THREE = new Membership(List.of(A, B, C), List.of());

    private static MemberRecord started(long id, String name) {
        return new MemberRecord(id, name, List.of("http://" + name + ":2380"), List.of(), false);
    }

    private static MemberRecord added(long id, boolean learner) {
        return new MemberRecord(id, "", List.of("http://new-" + id + ":2380"), List.of(), learner);
    }

    private static Membership done(Membership before, MemberChange change) {
        assertThat(before.apply(change)).isInstanceOf(Membership.Outcome.Done.class);
        return ((Membership.Outcome.Done) before.apply(change)).after();
    }

    private static void assertRefused(Membership before, MemberChange change, Refusal refusal) {
        assertThat(before.apply(change)).isEqualTo(new Membership.Outcome.Refused(refusal));
    }

    private static Reconfiguration.Health health(Long... connected) {
        return new Reconfiguration.Health(1, Set.of(connected), Map.of(1L, 1_000L, 2L, 1_000L, 3L, 1_000L, 4L, 899L));
    }

    /** What a plain etcd says of itself: {@code etcdctl member list} of one started without flags. */
    @Test
    void idsAreThoseOfEtcd() {
        long member = MemberIds.first(List.of("http://localhost:2380"), "etcd-cluster");
        assertThat(Long.toHexString(member)).isEqualTo("8e9e05c52164694d");
        assertThat(Long.toHexString(MemberIds.cluster(List.of(member)))).isEqualTo("cdf818194e3a8c32");
    }

    @Test
    void firstMembersAreTakenOnce() {
        Membership first = done(Membership.NONE, new MemberChange.Bootstrap(List.of(A, B)));
        assertThat(first.members()).containsExactly(A, B);
        assertThat(done(first, new MemberChange.Bootstrap(List.of(C)))).isEqualTo(first);
    }

    @Test
    void memberIsAddedOnce() {
        Membership four = done(THREE, new MemberChange.Add(added(4, false)));
        assertThat(four.members()).hasSize(4).contains(added(4, false));
        assertRefused(four, new MemberChange.Add(added(4, false)), Refusal.MEMBER_EXISTS);
        assertRefused(
                THREE,
                new MemberChange.Add(new MemberRecord(9, "", List.of("http://b:2380"), List.of(), false)),
                Refusal.PEER_URL_EXISTS);
    }

    @Test
    void removedMemberNeverComesBack() {
        Membership two = done(THREE, new MemberChange.Remove(2));
        assertThat(two.members()).containsExactly(A, C);
        assertThat(two.isRemoved(2)).isTrue();
        assertRefused(two, new MemberChange.Remove(2), Refusal.MEMBER_NOT_FOUND);
        assertRefused(two, new MemberChange.Add(B), Refusal.MEMBER_NOT_FOUND);
        assertRefused(two, new MemberChange.Publish(2, "b", List.of()), Refusal.MEMBER_NOT_FOUND);
    }

    @Test
    void oneLearnerAtATimeAndOnlyALearnerIsPromoted() {
        Membership four = done(THREE, new MemberChange.Add(added(4, true)));
        assertRefused(four, new MemberChange.Add(added(5, true)), Refusal.TOO_MANY_LEARNERS);
        assertThat(done(four, new MemberChange.Promote(4)).voters()).hasSize(4);
        assertRefused(four, new MemberChange.Promote(2), Refusal.MEMBER_NOT_LEARNER);
        assertRefused(four, new MemberChange.Promote(77), Refusal.MEMBER_NOT_FOUND);
    }

    @Test
    void memberSaysItsNameAndMovesHouse() {
        Membership four = done(THREE, new MemberChange.Add(added(4, false)));
        assertThat(four.member(4).orElseThrow().isStarted()).isFalse();
        four = done(four, new MemberChange.Publish(4, "d", List.of("http://d:2379")));
        four = done(four, new MemberChange.Update(4, List.of("http://elsewhere:2380")));
        assertThat(four.member(4))
                .contains(new MemberRecord(4, "d", List.of("http://elsewhere:2380"), List.of("http://d:2379"), false));
        assertRefused(four, new MemberChange.Update(4, List.of("http://a:2380")), Refusal.PEER_URL_EXISTS);
        assertRefused(four, new MemberChange.Update(8, List.of("http://x:2380")), Refusal.MEMBER_NOT_FOUND);
    }

    @Test
    void votersAreAddedWhileEnoughHaveStarted() {
        var fifth = new MemberChange.Add(added(5, false));
        Membership four = done(THREE, new MemberChange.Add(added(4, false)));
        assertThat(Reconfiguration.check(THREE, new MemberChange.Add(added(4, false)), health(1L, 2L, 3L)))
                .isEmpty();
        assertThat(Reconfiguration.check(THREE, fifth, health(1L, 2L))).contains(Refusal.UNHEALTHY);
        // The fourth has not started: three of five would, and it is not connected.
        assertThat(Reconfiguration.check(four, fifth, health(1L, 2L, 3L))).contains(Refusal.UNHEALTHY);
        Membership five = done(four, fifth);
        assertThat(Reconfiguration.check(five, new MemberChange.Add(added(6, false)), health(1L, 2L, 3L)))
                .contains(Refusal.NOT_ENOUGH_STARTED);
        // One alone may get a second, and not a third before the second runs.
        Membership one = new Membership(List.of(A), List.of());
        assertThat(Reconfiguration.check(one, new MemberChange.Add(added(4, false)), health(1L)))
                .isEmpty();
        Membership two = done(one, new MemberChange.Add(added(4, false)));
        assertThat(Reconfiguration.check(two, new MemberChange.Add(added(5, false)), health(1L)))
                .contains(Refusal.NOT_ENOUGH_STARTED);
    }

    @Test
    void removalKeepsAQuorumAtWork() {
        assertThat(Reconfiguration.check(THREE, new MemberChange.Remove(3), health(1L, 2L, 3L)))
                .isEmpty();
        assertThat(Reconfiguration.check(THREE, new MemberChange.Remove(2), health(1L, 2L)))
                .contains(Refusal.UNHEALTHY);
        assertThat(Reconfiguration.check(THREE, new MemberChange.Remove(3), health(1L, 2L)))
                .as("one that is down")
                .isEmpty();
        assertThat(Reconfiguration.check(new Membership(List.of(A), List.of()), new MemberChange.Remove(1), health(1L)))
                .as("the last")
                .contains(Refusal.NOT_ENOUGH_STARTED);
        Membership learning = done(THREE, new MemberChange.Add(added(4, true)));
        assertThat(Reconfiguration.check(learning, new MemberChange.Remove(4), health(1L)))
                .as("a learner")
                .isEmpty();
    }

    @Test
    void learnerIsPromotedWithNineTenthsOfTheLog() {
        Membership learning = done(THREE, new MemberChange.Add(added(4, true)));
        var promote = new MemberChange.Promote(4);
        assertThat(Reconfiguration.check(learning, promote, health(1L, 2L, 3L, 4L)))
                .contains(Refusal.LEARNER_NOT_READY);
        var caughtUp = new Reconfiguration.Health(1, Set.of(1L, 2L, 3L, 4L), Map.of(1L, 1_000L, 2L, 1_000L, 4L, 900L));
        assertThat(Reconfiguration.check(learning, promote, caughtUp)).isEmpty();
        assertThat(Reconfiguration.check(learning, new MemberChange.Promote(2), caughtUp))
                .contains(Refusal.MEMBER_NOT_LEARNER);
    }

    @Test
    void changesAndMembersSurviveTheirStoredForm() {
        Membership membership = done(done(THREE, new MemberChange.Add(added(4, true))), new MemberChange.Remove(2));
        assertThat(MemberCodec.membership(MemberCodec.state(membership).toByteArray()))
                .isEqualTo(membership);
        for (MemberChange change : List.of(
                new MemberChange.Bootstrap(List.of(A, B)),
                new MemberChange.Add(added(-5, true)),
                new MemberChange.Remove(-7),
                new MemberChange.Update(3, List.of("http://x:1", "http://y:2")),
                new MemberChange.Promote(4),
                new MemberChange.Publish(4, "d", List.of("http://d:2379")))) {
            var command = new Command.Members(change);
            assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
        }
    }
}
