package io.keelson.store.mvcc;

import com.google.protobuf.InvalidProtocolBufferException;
import io.keelson.proto.store.v1.MemberRow;
import io.keelson.proto.store.v1.MembersCommand;
import io.keelson.proto.store.v1.MembershipState;
import java.util.List;

/** Members in the form in which the log and the disk hold them. */
public final class MemberCodec {

    private MemberCodec() {}

    static MembersCommand encode(MemberChange change) {
        var log = MembersCommand.newBuilder();
        switch (change) {
            case MemberChange.Bootstrap(List<MemberRecord> members) ->
                log.setBootstrap(state(new Membership(members, List.of())));
            case MemberChange.Add(MemberRecord member) -> log.setAdd(row(member));
            case MemberChange.Remove(long id) -> log.setRemove(id);
            case MemberChange.Update(long id, List<String> peerUrls) ->
                log.setUpdate(MemberRow.newBuilder().setId(id).addAllPeerUrls(peerUrls));
            case MemberChange.Promote(long id) -> log.setPromote(id);
            case MemberChange.Publish(long id, String name, List<String> clientUrls) ->
                log.setPublish(MemberRow.newBuilder().setId(id).setName(name).addAllClientUrls(clientUrls));
        }
        return log.build();
    }

    static MemberChange decode(MembersCommand log) {
        return switch (log.getChangeCase()) {
            case BOOTSTRAP ->
                new MemberChange.Bootstrap(membership(log.getBootstrap()).members());
            case ADD -> new MemberChange.Add(member(log.getAdd()));
            case REMOVE -> new MemberChange.Remove(log.getRemove());
            case UPDATE ->
                new MemberChange.Update(log.getUpdate().getId(), log.getUpdate().getPeerUrlsList());
            case PROMOTE -> new MemberChange.Promote(log.getPromote());
            case PUBLISH ->
                new MemberChange.Publish(
                        log.getPublish().getId(),
                        log.getPublish().getName(),
                        log.getPublish().getClientUrlsList());
            case CHANGE_NOT_SET ->
                throw new IllegalArgumentException("the log holds a change of members that this version does not know");
        };
    }

    /** All members, as they are stored and sent to one that joins. */
    public static MembershipState state(Membership membership) {
        var state = MembershipState.newBuilder().addAllRemoved(membership.removed());
        membership.members().forEach(member -> state.addMembers(row(member)));
        return state.build();
    }

    /** All members, from the stored or received form. */
    public static Membership membership(MembershipState state) {
        return new Membership(
                state.getMembersList().stream().map(MemberCodec::member).toList(), state.getRemovedList());
    }

    /**
     * All members, from stored bytes.
     *
     * @throws IllegalStateException if they cannot be read
     */
    public static Membership membership(byte[] stored) {
        try {
            return membership(MembershipState.parseFrom(stored));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(
                    "the store holds a list of members that cannot be read: the disk or Keelson is at fault", e);
        }
    }

    private static MemberRow row(MemberRecord member) {
        return MemberRow.newBuilder()
                .setId(member.id())
                .setName(member.name())
                .addAllPeerUrls(member.peerUrls())
                .addAllClientUrls(member.clientUrls())
                .setLearner(member.learner())
                .build();
    }

    private static MemberRecord member(MemberRow row) {
        return new MemberRecord(
                row.getId(), row.getName(), row.getPeerUrlsList(), row.getClientUrlsList(), row.getLearner());
    }
}
