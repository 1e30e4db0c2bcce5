package io.keelson.store.mvcc;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * Who the members are. A part of the replicated state, so that every member and every later one agrees.
 *
 * @param members ordered by their first peer URL
 * @param removed ids of members that were removed, the latest last; at most {@link #MAX_REMOVED}
 */
public record Membership(List<MemberRecord> members, List<Long> removed) {

    private static final Comparator<MemberRecord> ORDER = Comparator.comparing(
                    (MemberRecord member) -> member.peerUrls().getFirst())
            .thenComparingLong(MemberRecord::id);

    /** Nothing is known yet: a new cluster before its first leader has said who is in it. */
    public static final Membership NONE = new Membership(List.of(), List.of());

    /** Ids remembered of removed members. Ids are 64 bits of a hash, so an older one does not come again either. */
    static final int MAX_REMOVED = 10_000;

    /** etcd's default bound: a leader must feed every learner beside its followers. */
    static final int MAX_LEARNERS = 1;

    /** Orders the members and forgets the oldest removed ids. */
    public Membership {
        members = members.stream().sorted(ORDER).toList();
        removed = List.copyOf(removed.subList(Math.max(0, removed.size() - MAX_REMOVED), removed.size()));
    }

    /** What becomes of a change. */
    public sealed interface Outcome {
        /** It is done; the members are these now. */
        record Done(Membership after) implements Outcome {}

        /** It cannot be done. */
        record Refused(Refusal refusal) implements Outcome {}
    }

    /** The member with an id. */
    public Optional<MemberRecord> member(long id) {
        return members.stream().filter(member -> member.id() == id).findFirst();
    }

    /** The members with a vote. */
    public List<MemberRecord> voters() {
        return members.stream().filter(member -> !member.learner()).toList();
    }

    /** Whether a member was here once and may not come back. */
    public boolean isRemoved(long id) {
        return removed.contains(id);
    }

    /** Decides a change, in the order of checks that etcd has. */
    public Outcome apply(MemberChange change) {
        return switch (change) {
            case MemberChange.Bootstrap(List<MemberRecord> first) ->
                new Outcome.Done(members.isEmpty() ? new Membership(first, removed) : this);
            case MemberChange.Add(MemberRecord member) -> add(member);
            case MemberChange.Remove(long id) -> remove(id);
            case MemberChange.Update(long id, List<String> peerUrls) -> update(id, peerUrls);
            case MemberChange.Promote(long id) -> promote(id);
            case MemberChange.Publish(long id, String name, List<String> clientUrls) ->
                member(id)
                        .<Outcome>map(member ->
                                with(new MemberRecord(id, name, member.peerUrls(), clientUrls, member.learner())))
                        .orElse(new Outcome.Refused(Refusal.MEMBER_NOT_FOUND));
        };
    }

    private Outcome add(MemberRecord added) {
        if (isRemoved(added.id())) {
            return new Outcome.Refused(Refusal.MEMBER_NOT_FOUND);
        }
        if (member(added.id()).isPresent()) {
            return new Outcome.Refused(Refusal.MEMBER_EXISTS);
        }
        if (dialsSomebody(added.peerUrls(), added.id())) {
            return new Outcome.Refused(Refusal.PEER_URL_EXISTS);
        }
        if (added.learner() && members.size() - voters().size() >= MAX_LEARNERS) {
            return new Outcome.Refused(Refusal.TOO_MANY_LEARNERS);
        }
        return with(added);
    }

    private Outcome remove(long id) {
        if (member(id).isEmpty()) {
            return new Outcome.Refused(Refusal.MEMBER_NOT_FOUND);
        }
        var gone = new ArrayList<>(removed);
        gone.add(id);
        return new Outcome.Done(new Membership(
                members.stream().filter(member -> member.id() != id).toList(), gone));
    }

    private Outcome update(long id, List<String> peerUrls) {
        Optional<MemberRecord> member = member(id);
        if (member.isEmpty()) {
            return new Outcome.Refused(Refusal.MEMBER_NOT_FOUND);
        }
        if (dialsSomebody(peerUrls, id)) {
            return new Outcome.Refused(Refusal.PEER_URL_EXISTS);
        }
        MemberRecord before = member.get();
        return with(new MemberRecord(id, before.name(), peerUrls, before.clientUrls(), before.learner()));
    }

    private Outcome promote(long id) {
        Optional<MemberRecord> member = member(id);
        if (member.isEmpty()) {
            return new Outcome.Refused(Refusal.MEMBER_NOT_FOUND);
        }
        MemberRecord before = member.get();
        if (!before.learner()) {
            return new Outcome.Refused(Refusal.MEMBER_NOT_LEARNER);
        }
        return with(new MemberRecord(id, before.name(), before.peerUrls(), before.clientUrls(), false));
    }

    private boolean dialsSomebody(List<String> peerUrls, long except) {
        var taken = new HashSet<String>();
        members.stream().filter(member -> member.id() != except).forEach(member -> taken.addAll(member.peerUrls()));
        return peerUrls.stream().anyMatch(taken::contains);
    }

    /** With the member in the place of the one with its id, if there is one. */
    private Outcome with(MemberRecord member) {
        var after = new ArrayList<>(
                members.stream().filter(other -> other.id() != member.id()).toList());
        after.add(member);
        return new Outcome.Done(new Membership(after, removed));
    }
}
