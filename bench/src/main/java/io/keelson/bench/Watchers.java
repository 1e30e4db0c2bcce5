package io.keelson.bench;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Watch streams of the generator. */
final class Watchers {

    private static final MethodDescriptor<byte[], WatchResponse> WATCH =
            Calls.reading(WatchGrpc.getWatchMethod(), WatchResponse.parser());

    private final List<ManagedChannel> channels;
    private final List<ClientCall<byte[], WatchResponse>> calls = new ArrayList<>();

    Watchers(List<ManagedChannel> channels) {
        this.channels = channels;
    }

    /** Opens streams, in turn on each connection, with a number of watches of a prefix on each. */
    void open(int streams, int watches, String prefix, Consumer<WatchResponse> hear) {
        byte[] create = create(prefix);
        for (int i = 0; i < streams; i++) {
            var call = start(channels.get(i % channels.size()), hear, Integer.MAX_VALUE);
            for (int watch = 0; watch < watches; watch++) {
                call.sendMessage(create);
            }
        }
    }

    /** Opens a stream with one watch whose client takes the first answer, and then nothing more. */
    void openStuck(String prefix, Consumer<WatchResponse> hear) {
        start(channels.getFirst(), hear, 1).sendMessage(create(prefix));
    }

    private static byte[] create(String prefix) {
        return WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(prefix))
                        .setRangeEnd(ByteString.copyFromUtf8(Calls.endOf(prefix))))
                .build()
                .toByteArray();
    }

    private ClientCall<byte[], WatchResponse> start(Channel channel, Consumer<WatchResponse> hear, int messages) {
        ClientCall<byte[], WatchResponse> call = channel.newCall(WATCH, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(WatchResponse response) {
                        hear.accept(response);
                    }
                },
                new Metadata());
        call.request(messages);
        calls.add(call);
        return call;
    }

    void close() {
        calls.forEach(call -> call.cancel("done", null));
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
