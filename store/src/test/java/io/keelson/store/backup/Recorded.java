package io.keelson.store.backup;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.Change;
import java.util.List;
import java.util.TreeMap;

/** What a file holds, noted. */
final class Recorded implements Loading {

    final TreeMap<String, ByteString> latest = new TreeMap<>();
    List<Change> rest = List.of();
    long rows;
    long revision;
    long compactRevision;
    long compactedThrough;

    @Override
    public void put(int sub, KeyValue kv) {
        rows++;
        latest.put(kv.getKey().toStringUtf8(), kv.getValue());
    }

    @Override
    public void delete(long at, int sub, ByteString key) {
        rows++;
        latest.remove(key.toStringUtf8());
    }

    @Override
    public void finish(List<Change> small, long newest, long compacted, long through) {
        rest = small;
        revision = newest;
        compactRevision = compacted;
        compactedThrough = through;
    }
}
