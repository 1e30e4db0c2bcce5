package io.keelson.store.rpc;

import static io.keelson.store.rpc.ServerFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KVGrpc;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import io.keelson.proto.etcd.WatchCancelRequest;
import io.keelson.proto.etcd.WatchCreateRequest;
import io.keelson.proto.etcd.WatchGrpc;
import io.keelson.proto.etcd.WatchProgressRequest;
import io.keelson.proto.etcd.WatchRequest;
import io.keelson.proto.etcd.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchServiceTest {

    private final ServerFixture server =
            new ServerFixture(Optional.empty(), ServerFixture.timing(Duration.ofMillis(200), Duration.ofMillis(300)));

    @AfterEach
    void close() {
        server.close();
    }

    /** A watch stream of a client: what comes waits in a queue. */
    private final class Client implements StreamObserver<WatchResponse> {
        private final BlockingQueue<WatchResponse> answers = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> end = new LinkedBlockingQueue<>();
        private final StreamObserver<WatchRequest> requests;

        Client(String... metadata) {
            var headers = new Metadata();
            for (int i = 0; i < metadata.length; i += 2) {
                headers.put(Metadata.Key.of(metadata[i], Metadata.ASCII_STRING_MARSHALLER), metadata[i + 1]);
            }
            requests = WatchGrpc.newStub(server.channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .watch(this);
        }

        @Override
        public void onNext(WatchResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable error) {
            end.add(Status.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            end.add(Status.OK);
        }

        WatchResponse next() throws InterruptedException {
            WatchResponse answer = answers.poll(20, TimeUnit.SECONDS);
            assertThat(answer).as("the stream's next answer; its end: %s", end).isNotNull();
            return answer;
        }

        WatchResponse create(WatchCreateRequest request) throws InterruptedException {
            requests.onNext(WatchRequest.newBuilder().setCreateRequest(request).build());
            WatchResponse created = next();
            assertThat(created.getCreated()).isTrue();
            return created;
        }

        void cancel(long id) {
            requests.onNext(WatchRequest.newBuilder()
                    .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id))
                    .build());
        }

        void askForProgress() {
            requests.onNext(WatchRequest.newBuilder()
                    .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                    .build());
        }

        /** Answers until one carries an event of the given revision; the events of all, in order. */
        List<Event> eventsThrough(long revision) throws InterruptedException {
            var events = new ArrayList<Event>();
            while (events.isEmpty() || events.getLast().getKv().getModRevision() < revision) {
                events.addAll(next().getEventsList());
            }
            return events;
        }
    }

    private static WatchCreateRequest.Builder key(String key) {
        return WatchCreateRequest.newBuilder().setKey(bytes(key));
    }

    private static WatchCreateRequest.Builder prefix(String prefix) {
        return key(prefix).setRangeEnd(bytes(prefix + "\u007f"));
    }

    @Test
    void watchFromNowHearsWhatComesAfterItsCreatedAnswer() throws Exception {
        server.put("a", "before");
        var client = new Client();
        var created = client.create(key("a").build());
        assertThat(created.getHeader().getRevision()).isEqualTo(2);
        assertThat(created.getWatchId()).isZero();
        server.put("a", "1");
        server.delete("a");
        List<Event> events = client.eventsThrough(4);
        assertThat(events).extracting(Event::getType).containsExactly(Event.EventType.PUT, Event.EventType.DELETE);
        assertThat(events.get(0).getKv().getValue()).isEqualTo(bytes("1"));
        assertThat(events.get(1).getKv().getValue().isEmpty()).isTrue();
    }

    @Test
    void watchFromThePastWithPreviousKeysAndFilters() throws Exception {
        server.put("a", "1");
        server.put("a", "2");
        server.delete("a");
        var client = new Client();
        client.create(key("a").setStartRevision(3)
                .setPrevKv(true)
                .addFilters(WatchCreateRequest.FilterType.NODELETE)
                .build());
        server.put("a", "3");
        List<Event> events = client.eventsThrough(5);
        assertThat(events).extracting(event -> event.getKv().getModRevision()).containsExactly(3L, 5L);
        assertThat(events.get(0).getPrevKv().getValue()).isEqualTo(bytes("1"));
        assertThat(events.get(1).hasPrevKv()).as("a create has no previous key").isFalse();
    }

    @Test
    void manyWatchesOnOneStreamAreNumberedAndHearTheirOwn() throws Exception {
        var client = new Client();
        assertThat(client.create(key("a").build()).getWatchId()).isZero();
        assertThat(client.create(key("b").setWatchId(1).build()).getWatchId()).isEqualTo(1);
        assertThat(client.create(key("c").build()).getWatchId())
                .as("the next free number")
                .isEqualTo(2);
        server.put("c", "1");
        server.put("b", "1");
        assertThat(client.next().getWatchId()).isEqualTo(2);
        assertThat(client.next().getWatchId()).isEqualTo(1);
    }

    @Test
    void duplicateNegativeAndEmptyAreCreatedAndCanceledAtOnce() throws Exception {
        var client = new Client();
        client.create(key("a").setWatchId(5).build());
        for (var refused : List.of(
                List.of(key("b").setWatchId(5), "mvcc: duplicate watch ID provided on the WatchStream"),
                List.of(key("b").setStartRevision(-1), "etcdserver: mvcc: required revision has been compacted"),
                List.of(key("b").setRangeEnd(bytes("a")), "mvcc: watcher range is empty"))) {
            var answer = client.create(((WatchCreateRequest.Builder) refused.get(0)).build());
            assertThat(answer.getCanceled()).isTrue();
            assertThat(answer.getWatchId()).isEqualTo(-1);
            assertThat(answer.getCancelReason()).isEqualTo(refused.get(1));
        }
        server.put("a", "still there");
        assertThat(client.next().getWatchId()).isEqualTo(5);
    }

    @Test
    void compactedStartIsToldAndTheDeleteAtTheCompactRevisionIsDelivered() throws Exception {
        server.put("a", "1");
        server.delete("a");
        server.put("b", "1");
        server.compact(3);
        var client = new Client();
        client.create(key("a").setStartRevision(2).setWatchId(8).build());
        var canceled = client.next();
        assertThat(canceled.getCanceled()).isTrue();
        assertThat(canceled.getWatchId()).isEqualTo(8);
        assertThat(canceled.getCompactRevision()).isEqualTo(3);
        assertThat(canceled.getHeader().getRevision()).isZero();
        assertThat(canceled.getCancelReason()).isEmpty();
        client.create(key("a").setStartRevision(3).build());
        assertThat(client.eventsThrough(3))
                .singleElement()
                .satisfies(event -> assertThat(event.getType()).isEqualTo(Event.EventType.DELETE));
    }

    @Test
    void cancelIsAnsweredAndEndsOneWatchOnly() throws Exception {
        var client = new Client();
        client.create(key("a").build());
        client.create(key("a").build());
        client.cancel(0);
        client.cancel(99);
        assertThat(client.next()).satisfies(answer -> {
            assertThat(answer.getCanceled()).isTrue();
            assertThat(answer.getWatchId()).isZero();
            assertThat(answer.getHeader().getRevision()).isEqualTo(1);
        });
        server.put("a", "1");
        assertThat(client.next().getWatchId())
                .as("99 was never there: no answer")
                .isEqualTo(1);
        assertThat(client.answers).isEmpty();
    }

    @Test
    void progressOnDemandComesAfterAllEventsUpToIt() throws Exception {
        var client = new Client();
        client.create(prefix("k").setStartRevision(1).build());
        for (int i = 0; i < 50; i++) {
            server.put("k" + i, "v");
        }
        client.askForProgress();
        long seen = 0;
        WatchResponse answer = client.next();
        while (answer.getWatchId() != -1) {
            seen = answer.getEventsList().getLast().getKv().getModRevision();
            answer = client.next();
        }
        assertThat(answer.getHeader().getRevision()).isEqualTo(51);
        assertThat(seen).isEqualTo(51);
    }

    @Test
    void progressIsToldToAWatchThatBeginsOneAboveNow() throws Exception {
        server.put("a", "1");
        var client = new Client();
        client.create(key("a").setStartRevision(3).build());
        client.askForProgress();
        var progress = client.next();
        assertThat(progress.getWatchId()).isEqualTo(-1);
        assertThat(progress.getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void watchOnAFutureRevisionHearsNothingOlderAndPromisesNothing() throws Exception {
        var client = new Client();
        client.create(key("a").setStartRevision(4).setProgressNotify(true).build());
        client.askForProgress();
        server.put("a", "2");
        server.put("a", "3");
        server.put("a", "4");
        var first = client.next();
        assertThat(first.getEventsList())
                .extracting(event -> event.getKv().getModRevision())
                .containsExactly(4L);
        assertThat(first.getWatchId()).isZero();
    }

    @Test
    void idleWatchIsToldItsProgress() throws Exception {
        server.put("a", "1");
        var client = new Client();
        client.create(key("b").setProgressNotify(true).build());
        var progress = client.next();
        assertThat(progress.getEventsCount()).isZero();
        assertThat(progress.getCreated()).isFalse();
        assertThat(progress.getWatchId()).isZero();
        assertThat(progress.getHeader().getRevision()).isEqualTo(2);
    }

    @Test
    void oneRevisionStaysOneAnswerUnlessFragmentsAreWanted() throws Exception {
        var txn = TxnRequest.newBuilder();
        ByteString half = ByteString.copyFrom(new byte[700_000]);
        for (int i = 0; i < 2; i++) {
            txn.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(
                            PutRequest.newBuilder().setKey(bytes("k" + i)).setValue(half)));
        }
        var kv = KVGrpc.newBlockingStub(server.channel);
        // With the previous keys, the second transaction's events are larger than an answer should be.
        kv.txn(txn.build());
        kv.txn(txn.build());
        var client = new Client();
        client.create(prefix("k").setStartRevision(3).setPrevKv(true).build());
        var whole = client.next();
        assertThat(whole.getEventsCount()).isEqualTo(2);
        assertThat(whole.getFragment()).isFalse();
        client.create(prefix("k")
                .setStartRevision(3)
                .setPrevKv(true)
                .setFragment(true)
                .build());
        var first = client.next();
        var last = client.next();
        assertThat(first.getEventsCount()).isEqualTo(1);
        assertThat(first.getFragment()).isTrue();
        assertThat(last.getEventsCount()).isEqualTo(1);
        assertThat(last.getFragment()).isFalse();
    }

    @Test
    void slowClientLosesNothingAndHoldsNobodyUp() throws Exception {
        var slow = server.channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT);
        var taken = new LinkedBlockingQueue<WatchResponse>();
        slow.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(WatchResponse message) {
                        taken.add(message);
                    }
                },
                new Metadata());
        slow.sendMessage(WatchRequest.newBuilder()
                .setCreateRequest(prefix("k").setStartRevision(1))
                .build());
        var quick = new Client();
        quick.create(prefix("k").setStartRevision(1).build());
        var value = "v".repeat(100_000);
        for (int i = 0; i < 100; i++) {
            server.put("k" + i, value);
        }
        assertThat(quick.eventsThrough(101)).hasSize(100);
        assertThat(taken).as("the slow client has asked for nothing").isEmpty();
        slow.request(1000);
        var events = new ArrayList<Event>();
        while (events.size() < 100) {
            var answer = taken.poll(20, TimeUnit.SECONDS);
            assertThat(answer).isNotNull();
            events.addAll(answer.getEventsList());
        }
        assertThat(events)
                .extracting(event -> event.getKv().getModRevision())
                .isSorted()
                .doesNotHaveDuplicates();
        slow.cancel("done", null);
    }

    @Test
    void manyWatchesOfOnePrefixHearEachEventOnceAndInOrder() throws Exception {
        int watches = 300;
        var client = new Client();
        for (int id = 1; id <= watches; id++) {
            client.requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(prefix("k").setWatchId(id))
                    .build());
        }
        for (long id = 1; id <= watches; id++) {
            WatchResponse created = client.next();
            assertThat(created.getCreated()).isTrue();
            assertThat(created.getWatchId()).isEqualTo(id);
        }
        String large = "v".repeat(20_000);
        List<String> values = List.of("", "small", large, "small again");
        for (String value : values) {
            server.put("k", value);
        }
        var heard = new HashMap<Long, List<String>>();
        for (int told = 0; told < watches * values.size(); ) {
            WatchResponse answer = client.next();
            var ofWatch = heard.computeIfAbsent(answer.getWatchId(), _ -> new ArrayList<>());
            for (Event event : answer.getEventsList()) {
                ofWatch.add(event.getKv().getValue().toStringUtf8());
                told++;
            }
        }
        assertThat(heard).hasSize(watches);
        assertThat(heard.values()).allMatch(values::equals);
    }

    @Test
    void streamThatRequiresALeaderEndsWithoutOneAndAnotherDoesNot() throws Exception {
        var requiring = new Client("hasleader", "true");
        requiring.create(key("a").build());
        var other = new Client();
        other.create(key("a").build());
        server.replica.setLeader(false);
        Status end = requiring.end.poll(20, TimeUnit.SECONDS);
        assertThat(end).isNotNull();
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(end.getDescription()).isEqualTo("etcdserver: no leader");
        server.replica.setLeader(true);
        server.put("a", "1");
        assertThat(other.next().getEventsCount()).isEqualTo(1);
    }

    @Test
    void clientThatHasSaidAllGoesOnListening() throws Exception {
        var client = new Client();
        client.create(key("a").build());
        client.requests.onCompleted();
        server.put("a", "1");
        assertThat(client.eventsThrough(2)).hasSize(1);
        server.put("a", "2");
        assertThat(client.eventsThrough(3)).hasSize(1);
        assertThat(client.end).isEmpty();
    }

    @Test
    void streamEndsWhenTheServerStops() throws Exception {
        var stopped = new Client();
        stopped.create(key("a").build());
        server.stopServer();
        Status end = stopped.end.poll(20, TimeUnit.SECONDS);
        assertThat(end).isNotNull();
        assertThat(end.getDescription()).isEqualTo("etcdserver: server stopped");
    }
}
