package io.keelson.store.mvcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import org.junit.jupiter.api.Test;

class RangePieceTest {

    private final TreeView view = new TreeView();

    @Test
    void aPieceIsTheRangeWithoutTheCountOfWhatFollows() {
        for (int i = 0; i < 10; i++) {
            PutRequest put = PutRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("k" + i))
                    .setValue(ByteString.copyFromUtf8("v"))
                    .build();
            view.take(Mvcc.apply(view, new Command.Put(put)));
        }
        for (int limit = 1; limit < 12; limit++) {
            RangeRequest request = RangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("k"))
                    .setRangeEnd(ByteString.copyFromUtf8("l"))
                    .setLimit(limit)
                    .build();
            RangeResponse whole = Ranges.read(view, request);
            RangeResponse piece = Ranges.piece(view, request);
            assertThat(whole.getCount()).isEqualTo(10);
            assertThat(piece.getMore()).as("limit %d", limit).isEqualTo(whole.getMore());
            assertThat(piece.getKvsList()).extracting(KeyValue::getKey).hasSize(Math.min(limit, 10));
            assertThat(piece.getKvsList()).isEqualTo(whole.getKvsList());
            assertThat(Ranges.piece(view, request.toBuilder().setCountOnly(true).build())
                            .getCount())
                    .isEqualTo(10);
        }
    }
}
