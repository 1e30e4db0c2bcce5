package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmMember;
import io.keelson.proto.etcd.KeyValue;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The state of the store to decide on. Does not change while a function looks at it. */
public interface View {

    /** The newest revision; 1 when nothing was ever written. */
    long revision();

    /** The oldest revision that can be read, 0 if nothing was compacted. */
    long compactRevision();

    /** The key as it was at a revision, empty if it was not there. */
    Optional<KeyValue> get(ByteString key, long revision);

    /** The keys of a range that were there at a revision, in order. Close when done. */
    Cursor range(KeyRange range, long revision);

    /** The lease, if it is there. */
    Optional<LeaseRecord> lease(long id);

    /** The keys attached to a lease, in order. */
    List<ByteString> leaseKeys(long id);

    /** All leases. */
    List<LeaseRecord> leases();

    /** Users, roles and whether they count. */
    AuthState auth();
    /** Who the members are; {@link Membership#NONE} before the first leader has said so. */
    Membership membership();

    /** What was answered to requests with an id. */
    KeptAnswers answers();

    /** All alarms that are on, in order of type, then member. Cheap: it is asked before every command. */
    List<AlarmMember> alarms();

    /** An iterator that may hold something open. */
    interface Cursor extends Iterator<KeyValue>, AutoCloseable {

        /** No keys. */
        Cursor EMPTY = new Cursor() {
            @Override
            public boolean hasNext() {
                return false;
            }

            @Override
            public KeyValue next() {
                throw new NoSuchElementException("the range has no keys");
            }

            @Override
            public void close() {}
        };

        /** How many keys are left; none is after that. Cheaper than to look at each. */
        default long countRest() {
            long rest = 0;
            while (hasNext()) {
                next();
                rest++;
            }
            return rest;
        }

        @Override
        void close();
    }
}
