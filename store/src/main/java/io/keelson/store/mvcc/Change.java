package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.store.v1.KeptAnswer;

/** One thing that a command changes. Answers, watch events and the stored state all derive from the changes. */
public sealed interface Change {

    /**
     * A key has a new version.
     *
     * @param kv the key as it is now
     * @param previousLease the lease it was attached to before, 0 for none
     */
    record Put(KeyValue kv, long previousLease) implements Change {}

    /**
     * A key is deleted.
     *
     * @param key the key
     * @param revision the revision that deleted it
     * @param previousLease the lease it was attached to, 0 for none
     */
    record Delete(ByteString key, long revision, long previousLease) implements Change {}

    /** A lease is there. */
    record LeaseGranted(LeaseRecord lease) implements Change {}

    /** A lease is gone. Its keys are deleted by changes of their own. */
    record LeaseRevoked(long id) implements Change {}

    /** What is noted of a lease's remaining time is this now; the record holds it. */
    record LeaseCheckpointed(LeaseRecord lease) implements Change {}

    /** An alarm is on. */
    record AlarmRaised(AlarmMember alarm) implements Change {}

    /** An alarm is off. */
    record AlarmLowered(AlarmMember alarm) implements Change {}
    /** The members are these now. */
    record Members(Membership after) implements Change {}

    /** History below the revision can no longer be read. */
    record Compacted(long revision) implements Change {}

    /** A request with an id was carried out, and this is its answer, the newest of the window that there is now. */
    record AnswerKept(AnswerWindow after, KeptAnswer answer) implements Change {
        /** Where it is kept. */
        public long position() {
            return after.next() - 1;
        }
    }

    /** The oldest answer has left the window: its request, asked again, is a new one. */
    record AnswerForgotten(AnswerWindow after, KeptAnswer answer) implements Change {
        /** Where it was kept. */
        public long position() {
            return after.oldest() - 1;
        }
    }

    /** Users, roles or permissions are others. */
    record Auth(AuthState before, AuthState after) implements Change {}

    /** A user has a token. Not part of the stored state: members keep tokens in memory, as long as they are used. */
    record TokenAssigned(String token, String user) implements Change {}
}
