package io.keelson.store.mvcc;

import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.DeleteRangeResponse;
import io.keelson.proto.etcd.PutResponse;
import io.keelson.proto.etcd.TxnResponse;
import java.util.List;

/** What a client hears of its command. Headers hold the revision only; who answers adds the rest. */
public sealed interface Answer {

    /** Nothing was changed. */
    record Refused(Refusal refusal) implements Answer {}

    /** A put's answer. */
    record Put(PutResponse response) implements Answer {}

    /** A delete's answer. */
    record DeleteRange(DeleteRangeResponse response) implements Answer {}

    /** A transaction's answer; a failed compare is one of the good answers. */
    record Txn(TxnResponse response) implements Answer {}

    /**
     * The answer that the request got when it was carried out: it was asked again under its id.
     *
     * @param first the answer
     * @param revision the store's revision after the command, then
     */
    record Again(Answer first, long revision) implements Answer {}

    /**
     * The request was carried out before, and what it was answered was too large to be kept.
     *
     * @param revision the store's revision after the command, then
     */
    record CarriedOut(long revision) implements Answer {}

    /** History is given up below the revision. */
    record Compacted(long revision) implements Answer {}

    /** The members after a change of them. */
    record Members(Membership after) implements Answer {}

    /** The lease is granted. */
    record LeaseGranted(LeaseRecord lease) implements Answer {}

    /** The lease is gone. */
    record LeaseRevoked(long id) implements Answer {}

    /** Users, roles and permissions are as the command wants them. */
    record AuthChanged() implements Answer {}

    /** The user is known by this token from now on. */
    record Authenticated(String token) implements Answer {}

    /** What could be noted of leases is noted. */
    record LeaseCheckpointed() implements Answer {}

    /** The alarm that is on (after ACTIVATE), or those that were on and are not any more (after DEACTIVATE). */
    record Alarms(List<AlarmMember> alarms) implements Answer {}
}
