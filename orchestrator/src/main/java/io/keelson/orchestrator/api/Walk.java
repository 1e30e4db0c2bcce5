package io.keelson.orchestrator.api;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.RangeResponse;
import java.util.List;

/** A list that is read piece by piece, all as it was when the first piece was read. What a selector leaves out is in it. */
final class Walk {

    /** So many keys are read at once. */
    private static final int PIECE = 250;

    private final Reads reads;
    private final Reads.Scan scan;
    private ByteString next;
    private long revision;
    private boolean over;

    Walk(Reads reads, ListQuery query) {
        this.reads = reads;
        this.scan = Reads.Scan.of(query);
        this.next = scan.start();
    }

    /**
     * The next piece.
     *
     * @throws ApiException EXPIRED when history was compacted meanwhile
     */
    List<KeyValue> next() {
        RangeResponse answer = revision == 0 ? reads.range(scan, 0, PIECE) : reads.more(scan, next, revision, PIECE);
        revision = revision == 0 ? answer.getHeader().getRevision() : revision;
        over = !answer.getMore() || answer.getKvsCount() == 0;
        if (!over) {
            next = Pages.behind(answer);
        }
        return answer.getKvsList();
    }

    /** Whether there are no more pieces. */
    boolean isOver() {
        return over;
    }

    /** The revision of the whole; 0 before the first piece. */
    long revision() {
        return revision;
    }
}
