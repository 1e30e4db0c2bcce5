package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.store.Kv;
import java.util.function.Consumer;

/** Many keys of the store, read in pieces, so that neither side holds a long list at once. */
public final class Pages {

    /** Keys read at once. */
    private static final int SIZE = 500;

    private Pages() {}

    /**
     * Hands over all keys with a prefix, in order, all as they were at one revision.
     *
     * @param prefix not empty
     * @param revision 0 for the newest
     * @return the revision that was read
     * @throws io.keelson.store.KvException if the store cannot be read, or the revision is gone
     */
    public static long each(Kv kv, String prefix, long revision, Consumer<KeyValue> each) {
        ByteString from = Keys.bytes(prefix);
        ByteString end = Keys.end(prefix);
        long at = revision;
        boolean first = true;
        while (true) {
            RangeResponse page = kv.piece(RangeRequest.newBuilder()
                    .setKey(from)
                    .setRangeEnd(end)
                    .setLimit(SIZE)
                    .setRevision(at)
                    // This replica has had that revision since the first.
                    .setSerializable(!first)
                    .build());
            first = false;
            if (at == 0) {
                at = page.getHeader().getRevision();
            }
            page.getKvsList().forEach(each);
            if (!page.getMore()) {
                return at;
            }
            from = behind(page);
        }
    }

    /** The first key after all that begin with a prefix, which is not empty. */
    public static ByteString end(String prefix) {
        return Keys.end(prefix);
    }

    /** The key that follows those of an answer, which has some. */
    static ByteString behind(RangeResponse answer) {
        return answer.getKvs(answer.getKvsCount() - 1).getKey().concat(ByteString.copyFrom(new byte[1]));
    }
}
