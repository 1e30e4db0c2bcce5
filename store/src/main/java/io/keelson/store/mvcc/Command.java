package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.TxnRequest;
import java.util.List;

/** What the log holds: everything that can change the store. Checked ({@link RequestCheck}) before it gets there. */
public sealed interface Command {

    /** Sets one key. */
    record Put(PutRequest request) implements Command {}

    /** Deletes keys. */
    record DeleteRange(DeleteRangeRequest request) implements Command {}

    /** Several operations on condition, at one revision. */
    record Txn(TxnRequest request) implements Command {}

    /** Gives up history below a revision. */
    record Compact(long revision) implements Command {}

    /** Grants a lease; the id is chosen by who proposes, so that every replica grants the same. */
    record LeaseGrant(long id, long ttlSeconds) implements Command {}

    /** Changes who the members are. */
    record Members(MemberChange change) implements Command {}

    /** Ends a lease and deletes its keys. */
    record LeaseRevoke(long id) implements Command {}

    /** Users, roles and permissions. */
    record Auth(AuthCommand command) implements Command {}

    /**
     * A command in somebody's name. One that comes without this comes from {@link Caller#NOBODY}, which is anybody as long as
     * authentication is off and may do nothing when it is on.
     */
    record As(Caller caller, Command command) implements Command {
        /** One name is enough. */
        public As {
            if (command instanceof As) {
                throw new IllegalArgumentException("a command in two names: " + command);
            }
        }
    }

    /**
     * A command that takes effect once, however often it is asked for under this id: see {@link RequestIds}. Stands within {@link As}.
     *
     * @param id the client's name for the request, {@link RequestIds#problem} finds nothing wrong with it
     * @param fingerprint of the request as the client sent it; made where it came in, because what the store adds (the id of a
     *     lease) is another each time
     */
    record Once(String id, ByteString fingerprint, Command command) implements Command {
        /** Only what changes keys or leases has an answer that is kept. */
        public Once {
            switch (command) {
                case Put _, DeleteRange _, Txn _, Compact _, LeaseGrant _, LeaseRevoke _ -> {}
                case As _, Once _, LeaseCheckpoint _, Alarm _, Members _, Auth _ ->
                    throw new IllegalArgumentException("a command that has no request id: " + command);
            }
        }
    }

    /**
     * Notes how much of leases is left, so that the next leader need not begin again with their full time. Leases that are gone
     * meanwhile are passed over.
     *
     * @param leases {@code remainingSeconds} of 0: the full time again
     */
    record LeaseCheckpoint(List<LeaseRecord> leases) implements Command {
        /** Copies the list. */
        public LeaseCheckpoint {
            leases = List.copyOf(leases);
        }
    }

    /** Raises an alarm (ACTIVATE), or lowers some (DEACTIVATE; member 0 means all members, NONE all types). */
    record Alarm(AlarmRequest request) implements Command {}
}
