package io.keelson.chaos.crash;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Clients that write all the time, one write at a time each, and note in the {@link Ledger} what was acknowledged. */
final class Writers implements AutoCloseable {

    /** Keys of those who ask again under an id. */
    static final String ONCE = "once/";

    /** Keys of those who ask once, without an id. */
    static final String PLAIN = "plain/";

    private static final int ONCE_CLIENTS = 4;
    private static final int PLAIN_CLIENTS = 2;

    /** Values this long fill a file of the log in about ten writes. */
    private static final int VALUE_BYTES = 4_096;

    private static final long TRY_MILLIS = 1_500;
    private static final long PAUSE_MILLIS = 20;

    /** Of the kinds of failure that leave open what happened, or say that nothing did. Any other is a broken promise. */
    private static final List<Status.Code> FAILURES =
            List.of(Status.Code.UNAVAILABLE, Status.Code.DEADLINE_EXCEEDED, Status.Code.UNKNOWN, Status.Code.CANCELLED);

    private final List<Node> nodes;
    private final Ledger ledger;
    private final String run;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean stopped;

    /** @param run begins every id: another run must not meet this one's */
    Writers(List<Node> nodes, Ledger ledger, String run) {
        this.nodes = nodes;
        this.ledger = ledger;
        this.run = run;
        for (int client = 0; client < ONCE_CLIENTS; client++) {
            int number = client;
            start(() -> writeOnce(number));
        }
        for (int client = 0; client < PLAIN_CLIENTS; client++) {
            int number = client;
            start(() -> writePlain(number));
        }
    }

    /** A client that throws is a bug of this harness or of the store; neither may pass unseen. */
    private void start(Client client) {
        threads.execute(() -> {
            try {
                client.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                ledger.violation("a client ended with " + e);
            }
        });
    }

    private interface Client {
        void run() throws InterruptedException;
    }

    /** A number with something behind it. */
    private static ByteString value(int number, int bytes) {
        return ByteString.copyFromUtf8(number + ".".repeat(bytes));
    }

    static int number(ByteString value) {
        int digits = 0;
        while (digits < value.size() && value.byteAt(digits) != '.') {
            digits++;
        }
        return Integer.parseInt(value.substring(0, digits).toStringUtf8());
    }

    private static PutRequest put(String key, int number, int bytes) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value(number, bytes))
                .build();
    }

    private void writeOnce(int client) throws InterruptedException {
        String a = ONCE + client + "/a";
        String b = ONCE + client + "/b";
        for (int i = 0; !stopped; i++) {
            var request = TxnRequest.newBuilder()
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put(a, i, VALUE_BYTES)))
                    .addSuccess(RequestOp.newBuilder().setRequestPut(put(b, i, VALUE_BYTES)))
                    .build();
            String id = run + "/" + client + "/" + i;
            // Also when it is to stop: what is begun is asked to its end.
            for (int attempt = 0; ; attempt++) {
                try {
                    long revision = node(client + i + attempt)
                            .kv(TRY_MILLIS, id)
                            .txn(request)
                            .getHeader()
                            .getRevision();
                    ledger.acknowledged(a, i, revision);
                    ledger.acknowledged(b, i, revision);
                    break;
                } catch (StatusRuntimeException e) {
                    failed(e);
                }
            }
        }
    }

    private void writePlain(int client) throws InterruptedException {
        for (int i = 0; !stopped; i++) {
            String key = PLAIN + client + "/" + i;
            try {
                long revision = node(client + i)
                        .kv(TRY_MILLIS)
                        .put(put(key, i, 0))
                        .getHeader()
                        .getRevision();
                ledger.acknowledged(key, i, revision);
            } catch (StatusRuntimeException e) {
                failed(e);
            }
        }
    }

    private Node node(int turn) {
        return nodes.get(turn % nodes.size());
    }

    private void failed(StatusRuntimeException e) throws InterruptedException {
        if (!FAILURES.contains(e.getStatus().getCode())) {
            ledger.violation("a client was answered " + e.getStatus());
        }
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }

    /** Lets each client end what it has begun; false if one cannot. */
    boolean stop(long millis) throws InterruptedException {
        stopped = true;
        threads.shutdown();
        return threads.awaitTermination(millis, TimeUnit.MILLISECONDS);
    }

    boolean isStopped() {
        return stopped;
    }

    @Override
    public void close() {
        stopped = true;
        threads.shutdownNow();
    }
}
