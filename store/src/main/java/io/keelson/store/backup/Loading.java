package io.keelson.store.backup;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import java.io.IOException;
import java.util.List;

/** A store that is being filled from a file. What comes is checked. */
public interface Loading {

    /** A key was put; rows come in order of revision and sub. */
    void put(int sub, KeyValue kv) throws IOException;

    /** A key was deleted. */
    void delete(long revision, int sub, ByteString key) throws IOException;

    /**
     * Everything has come.
     *
     * @param rest changes that make what has no history: leases and the like
     * @param revision the store's revision
     * @param compactRevision the compact revision, 0 for none
     * @param compactedThrough up to where the file is known to hold nothing that a compaction has given up
     */
    void finish(List<Change> rest, long revision, long compactRevision, long compactedThrough) throws IOException;
}
