package io.keelson.chaos.workload;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.keelson.chaos.check.Revisions.Version;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** The full history of the counters, as one watch from the first revision delivers it. */
public final class History {

    private static final long TIMEOUT_SECONDS = 60;

    private History() {}

    /**
     * Watches from revision 1 until everything that is now in the store has come.
     *
     * @throws IllegalStateException if the watch ends early or takes too long
     */
    public static List<Version> read(Access access) throws SSLException, InterruptedException {
        try (Endpoints endpoints = access.storeEndpoints(0)) {
            ByteString begin = ByteString.copyFromUtf8(Counters.PREFIX);
            ByteString end = ByteString.copyFromUtf8(Counters.PREFIX.substring(0, Counters.PREFIX.length() - 1) + "0");
            long newest = KVGrpc.newBlockingStub(endpoints.channel())
                    .withDeadlineAfter(TIMEOUT_SECONDS, TimeUnit.SECONDS)
                    .range(RangeRequest.newBuilder()
                            .setKey(begin)
                            .setRangeEnd(end)
                            .build())
                    .getKvsList()
                    .stream()
                    .mapToLong(kv -> kv.getModRevision())
                    .max()
                    .orElse(0);
            if (newest == 0) {
                return List.of();
            }
            var reader = new Reader(newest);
            var requests = WatchGrpc.newStub(endpoints.channel()).watch(reader);
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(begin)
                            .setRangeEnd(end)
                            .setStartRevision(1))
                    .build());
            List<Version> versions = reader.complete.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            requests.onCompleted();
            return versions;
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the history could not be read", e);
        }
    }

    private static final class Reader implements StreamObserver<WatchResponse> {
        private final long newest;
        private final List<Version> versions = new ArrayList<>();
        final CompletableFuture<List<Version>> complete = new CompletableFuture<>();

        Reader(long newest) {
            this.newest = newest;
        }

        @Override
        public void onNext(WatchResponse response) {
            if (response.getCanceled()) {
                complete.completeExceptionally(new IllegalStateException("watch canceled: " + response));
                return;
            }
            for (Event event : response.getEventsList()) {
                versions.add(new Version(
                        event.getKv().getKey().toStringUtf8(),
                        event.getKv().getModRevision(),
                        Long.parseLong(event.getKv().getValue().toStringUtf8())));
                if (event.getKv().getModRevision() >= newest) {
                    complete.complete(List.copyOf(versions));
                }
            }
        }

        @Override
        public void onError(Throwable problem) {
            complete.completeExceptionally(problem);
        }

        @Override
        public void onCompleted() {
            complete.completeExceptionally(new IllegalStateException("the watch ended early"));
        }
    }
}
