package io.keelson.store.rpc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.Event;
import io.keelson.proto.etcd.KeyValue;
import io.keelson.store.mvcc.KeyRange;
import io.keelson.store.mvcc.Ranges;
import io.keelson.store.mvcc.View;
import io.keelson.store.node.History.Slice;
import io.keelson.store.node.Replica;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;

/**
 * Checksums of everything that can be read at a revision: its keys, and the changes from the compact revision to it. Reads all data, a
 * slice at a time on a thread of its own, so that it holds up nobody; equal on members with equal data, equal revision and equal compact
 * revision. Not the number that etcd would answer.
 */
final class KvHash implements AutoCloseable {

    /** Keys or events read at once. */
    private static final int SLICE = 1_000;

    /** Those who wait for one that runs; more are refused. */
    private static final int MAX_WAITING = 8;

    private static final KeyRange EVERYTHING = new KeyRange(ByteString.EMPTY, ByteString.EMPTY);
    private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

    /**
     * A checksum.
     *
     * @param newest the newest revision when it was begun
     * @param compacted the compact revision then
     */
    record Hashed(long newest, long compacted, long revision, int hash) {}

    private final Replica replica;
    private final ThreadPoolExecutor worker;

    KvHash(Replica replica) {
        this.replica = replica;
        this.worker = new ThreadPoolExecutor(
                1,
                1,
                10,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MAX_WAITING),
                new DefaultThreadFactory("store-hash", true));
        worker.allowCoreThreadTimeOut(true);
    }

    /** The checksum at a revision, 0 for the newest; refused if it cannot be read, or is compacted meanwhile. */
    CompletableFuture<Hashed> at(long revision) {
        try {
            return CompletableFuture.supplyAsync(() -> compute(revision), worker);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(Failures.TOO_MANY_REQUESTS.asRuntimeException());
        }
    }

    private Hashed compute(long asked) {
        Hashed begin = replica.read(view -> {
            Failures.check(Ranges.checkRevision(view, asked));
            long revision = asked > 0 ? asked : view.revision();
            return new Hashed(view.revision(), view.compactRevision(), revision, 0);
        });
        var crc = new CRC32C();
        keys(crc, begin.revision);
        changes(crc, begin.compacted + 1, begin.revision);
        return new Hashed(begin.newest, begin.compacted, begin.revision, (int) crc.getValue());
    }

    private void keys(CRC32C crc, long revision) {
        ByteString from = ByteString.EMPTY;
        List<KeyValue> slice;
        do {
            KeyRange rest = new KeyRange(from, ByteString.EMPTY);
            slice = replica.read(view -> slice(view, rest, revision));
            for (KeyValue kv : slice) {
                crc.update(kv.toByteArray());
                from = kv.getKey().concat(ZERO);
            }
        } while (slice.size() == SLICE);
    }

    private static List<KeyValue> slice(View view, KeyRange range, long revision) {
        // What is read of a revision that is compacted meanwhile may be wrong.
        Failures.check(Ranges.checkRevision(view, revision));
        var found = new ArrayList<KeyValue>();
        try (View.Cursor cursor = view.range(range, revision)) {
            while (found.size() < SLICE && cursor.hasNext()) {
                found.add(cursor.next());
            }
        }
        return found;
    }

    private void changes(CRC32C crc, long from, long to) {
        for (long next = from; next <= to; ) {
            Slice slice = replica.history().read(EVERYTHING, next, false, SLICE);
            for (Event event : slice.events()) {
                if (event.getKv().getModRevision() <= to) {
                    crc.update(event.toByteArray());
                }
            }
            next = slice.through() + 1;
        }
    }

    @Override
    public void close() {
        worker.shutdownNow();
    }
}
