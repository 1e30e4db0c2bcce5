package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.assertRefused;
import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeResponse;
import io.keelson.proto.etcd.RangeStreamResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Goal: pieces put together are what Range answers. */
class RangeStreamTest {

    private final ServerFixture server = new ServerFixture();

    @AfterEach
    void close() {
        server.close();
    }

    private List<RangeResponse> pieces(RangeRequest request) {
        var pieces = new ArrayList<RangeResponse>();
        server.kv().rangeStream(request).forEachRemaining(piece -> pieces.add(piece.getRangeResponse()));
        return pieces;
    }

    private static RangeResponse merged(List<RangeResponse> pieces) {
        var whole = RangeResponse.newBuilder();
        pieces.forEach(whole::mergeFrom);
        return whole.build();
    }

    private static RangeRequest.Builder all() {
        return RangeRequest.newBuilder().setKey(bytes("k")).setRangeEnd(bytes("l"));
    }

    private void fill(int keys, int valueBytes) {
        var value = ByteString.copyFrom(new byte[valueBytes]);
        for (int i = 0; i < keys; i++) {
            assertThat(server.kv()
                            .put(PutRequest.newBuilder()
                                    .setKey(bytes("k%05d".formatted(i)))
                                    .setValue(value)
                                    .build())
                            .hasHeader())
                    .isTrue();
        }
    }

    @Test
    void piecesPutTogetherAreTheAnswerOfRange() {
        fill(75, 10);
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            var request = RangeRequest.newBuilder()
                    .setKey(bytes("k%05d".formatted(random.nextInt(80))))
                    .setLimit(random.nextInt(3) == 0 ? random.nextInt(90) : 0)
                    .setRevision(random.nextInt(3) == 0 ? 2 + random.nextInt(75) : 0)
                    .setKeysOnly(random.nextInt(4) == 0)
                    .setCountOnly(random.nextInt(4) == 0)
                    .setSerializable(random.nextBoolean());
            switch (random.nextInt(4)) {
                case 0 -> request.setRangeEnd(bytes("k%05d".formatted(random.nextInt(80))));
                case 1 -> request.setRangeEnd(bytes("\0"));
                case 2 -> request.setRangeEnd(bytes("l"));
                default -> {
                    // One key.
                }
            }
            assertThat(merged(pieces(request.build())))
                    .as("seed %s, request %s", seed, request)
                    .isEqualTo(server.kv().range(request.build()));
        }
    }

    @Test
    void piecesGrowAndTheLastOneHasHeaderAndCount() {
        fill(75, 10);
        List<RangeResponse> pieces = pieces(all().build());
        assertThat(pieces).extracting(RangeResponse::getKvsCount).containsExactly(10, 20, 40, 5);
        assertThat(pieces.subList(0, 3)).allMatch(piece -> !piece.hasHeader() && piece.getCount() == 0);
        assertThat(pieces.getLast().getCount()).isEqualTo(75);
        assertThat(pieces.getLast().getHeader().getRevision()).isEqualTo(76);
    }

    @Test
    void largeValuesMakeSmallPieces() {
        fill(10, 1_000_000);
        assertThat(pieces(all().build()))
                .hasSizeGreaterThanOrEqualTo(5)
                .allMatch(piece -> piece.getSerializedSize() < ServerFixture.LIMITS.maxRequestBytes() + 1_001_000);
    }

    @Test
    void slowClientHoldsNothingOpenAndLosesWhatIsCompacted() throws Exception {
        fill(20, 1_000_000);
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        var client = new Slow(heard);
        KVGrpc.newStub(server.channel).rangeStream(all().build(), client);
        ClientCallStreamObserver<RangeRequest> call = client.requests.take();
        call.request(1);
        assertThat(heard.poll(60, TimeUnit.SECONDS)).isInstanceOf(RangeStreamResponse.class);
        server.put("other", "1");
        server.compact(22);
        call.request(100);
        Object last = heard.poll(60, TimeUnit.SECONDS);
        int pieces = 1;
        while (last instanceof RangeStreamResponse) {
            pieces++;
            last = heard.poll(60, TimeUnit.SECONDS);
        }
        assertThat(last).isInstanceOf(Throwable.class);
        assertThat(Status.fromThrowable((Throwable) last).getDescription())
                .isEqualTo("etcdserver: mvcc: required revision has been compacted");
        assertThat(pieces).isLessThan(10);
    }

    private static final class Slow implements ClientResponseObserver<RangeRequest, RangeStreamResponse> {
        private final BlockingQueue<Object> heard;
        private final BlockingQueue<ClientCallStreamObserver<RangeRequest>> requests = new LinkedBlockingQueue<>();

        Slow(BlockingQueue<Object> heard) {
            this.heard = heard;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<RangeRequest> stream) {
            stream.disableAutoRequestWithInitial(0);
            requests.add(stream);
        }

        @Override
        public void onNext(RangeStreamResponse piece) {
            heard.add(piece);
        }

        @Override
        public void onError(Throwable error) {
            heard.add(error);
        }

        @Override
        public void onCompleted() {
            heard.add("completed");
        }
    }

    @Test
    void whatCannotBeStreamedIsRefusedByName() {
        assertRefused(
                () -> pieces(all().setSortOrder(RangeRequest.SortOrder.DESCEND).build()),
                Status.Code.UNIMPLEMENTED,
                "RangeStream does not support custom sort orders");
        assertRefused(
                () -> pieces(all().setMinModRevision(1).build()),
                Status.Code.UNIMPLEMENTED,
                "RangeStream does not support revision filters");
        assertRefused(
                () -> pieces(all().setRevision(99).build()),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision is a future revision");
        assertRefused(
                () -> pieces(RangeRequest.getDefaultInstance()),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key is not provided");
    }
}
