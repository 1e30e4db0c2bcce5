package io.keelson.store.mvcc;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.AlarmRequest;
import io.keelson.proto.etcd.AlarmRequest.AlarmAction;
import io.keelson.proto.etcd.AlarmType;
import io.keelson.proto.etcd.Compare;
import io.keelson.proto.etcd.DeleteRangeRequest;
import io.keelson.proto.etcd.PutRequest;
import io.keelson.proto.etcd.RangeRequest;
import io.keelson.proto.etcd.RangeRequest.SortOrder;
import io.keelson.proto.etcd.RangeRequest.SortTarget;
import io.keelson.proto.etcd.RequestOp;
import io.keelson.proto.etcd.TxnRequest;
import java.util.List;
import java.util.Random;

/**
 * Requests drawn from a seed. Few keys, few values and few leases, so that they meet each other often; now and then one that
 * must be refused.
 */
public final class RandomRequests {

    private static final List<ByteString> KEYS = List.of(
            text("a"),
            text("a\0"),
            text("aa"),
            text("ab"),
            text("b"),
            text("b\0c"),
            text("c"),
            ByteString.copyFrom(new byte[] {(byte) 0xff}),
            ByteString.copyFrom(new byte[] {0}));

    private static final List<ByteString> ENDS = List.of(
            ByteString.EMPTY,
            ByteString.EMPTY,
            ByteString.copyFrom(new byte[] {0}),
            text("ab"),
            text("b"),
            text("b\0"),
            text("c"),
            text("z"),
            ByteString.copyFrom(new byte[] {(byte) 0xff, 0}));

    /** One is so large that it lies in another place on disk. */
    private static final List<ByteString> VALUES =
            List.of(text("1"), text("2"), text("33"), ByteString.EMPTY, text("4".repeat(600)));

    /** Leases that requests name; some of them never exist. */
    public static final List<Long> LEASES = List.of(7L, 8L, 9L);

    private final Random random;
    private final boolean upkeep;

    /** Requests of one seed. */
    public RandomRequests(Random random) {
        this(random, true);
    }

    /**
     * Requests of one seed.
     *
     * @param upkeep whether checkpoints of leases and alarms are among the commands
     */
    public RandomRequests(Random random, boolean upkeep) {
        this.random = random;
        this.upkeep = upkeep;
    }

    private static ByteString text(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    private ByteString key() {
        return oneIn(200) ? ByteString.EMPTY : any(KEYS);
    }

    /** A revision near the newest, sometimes too old or not there yet. */
    public long revision(long newest) {
        return switch (random.nextInt(4)) {
            case 0 -> newest + random.nextInt(3) - 1;
            case 1 -> 1 + random.nextLong(newest);
            case 2 -> Math.max(0, newest - random.nextInt(12));
            default -> 0;
        };
    }

    /** A read with any mixture of options. */
    public RangeRequest range(long newest) {
        var request = RangeRequest.newBuilder().setKey(key()).setRangeEnd(any(ENDS));
        if (oneIn(2)) {
            request.setRevision(revision(newest));
        }
        if (oneIn(3)) {
            request.setLimit(random.nextInt(5) - 1);
        }
        if (oneIn(40)) {
            request.setLimit(Long.MAX_VALUE);
        }
        // Keys differ in order only when sorted by key: a sort by anything else is not stable in etcd.
        if (oneIn(4)) {
            request.setSortOrder(any(List.of(SortOrder.NONE, SortOrder.ASCEND, SortOrder.DESCEND)));
        }
        if (oneIn(8)) {
            request.setSortTarget(any(List.of(SortTarget.KEY, SortTarget.MOD)));
        }
        if (oneIn(8)) {
            request.setKeysOnly(true);
        }
        if (oneIn(8)) {
            request.setCountOnly(true);
        }
        if (oneIn(6)) {
            request.setMinModRevision(revision(newest));
        }
        if (oneIn(6)) {
            request.setMaxModRevision(revision(newest));
        }
        if (oneIn(6)) {
            request.setMinCreateRevision(revision(newest));
        }
        if (oneIn(6)) {
            request.setMaxCreateRevision(revision(newest));
        }
        return request.build();
    }

    /** A put. */
    public PutRequest put() {
        var request =
                PutRequest.newBuilder().setKey(key()).setValue(any(VALUES)).setPrevKv(oneIn(3));
        if (oneIn(4)) {
            request.setLease(any(LEASES));
        }
        if (oneIn(8)) {
            request.setIgnoreValue(true);
            if (!oneIn(6)) {
                request.clearValue();
            }
        }
        if (oneIn(8)) {
            request.setIgnoreLease(true);
            if (!oneIn(6)) {
                request.clearLease();
            }
        }
        return request.build();
    }

    /** A deletion of a key or a range. */
    public DeleteRangeRequest delete() {
        return DeleteRangeRequest.newBuilder()
                .setKey(key())
                .setRangeEnd(oneIn(2) ? ByteString.EMPTY : any(ENDS))
                .setPrevKv(oneIn(2))
                .build();
    }

    /** A transaction, with others nested in it. */
    public TxnRequest txn(long newest, int depth) {
        var request = TxnRequest.newBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            request.addCompare(compare(newest));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            request.addSuccess(operation(newest, depth));
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            request.addFailure(operation(newest, depth));
        }
        return request.build();
    }

    private RequestOp operation(long newest, int depth) {
        var operation = RequestOp.newBuilder();
        return switch (random.nextInt(depth > 0 ? 6 : 5)) {
            case 0, 1 -> operation.setRequestPut(put()).build();
            case 2 -> operation.setRequestDeleteRange(delete()).build();
            case 3, 4 -> operation.setRequestRange(range(newest)).build();
            default -> operation.setRequestTxn(txn(newest, depth - 1)).build();
        };
    }

    private Compare compare(long newest) {
        var compare = Compare.newBuilder()
                .setKey(any(KEYS))
                .setResult(any(List.of(
                        Compare.CompareResult.EQUAL,
                        Compare.CompareResult.GREATER,
                        Compare.CompareResult.LESS,
                        Compare.CompareResult.NOT_EQUAL)));
        if (oneIn(4)) {
            compare.setRangeEnd(any(ENDS));
        }
        return switch (random.nextInt(5)) {
            case 0 ->
                compare.setTarget(Compare.CompareTarget.VERSION)
                        .setVersion(random.nextInt(3))
                        .build();
            case 1 ->
                compare.setTarget(Compare.CompareTarget.CREATE)
                        .setCreateRevision(revision(newest))
                        .build();
            case 2 ->
                compare.setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(revision(newest))
                        .build();
            case 3 ->
                compare.setTarget(Compare.CompareTarget.VALUE)
                        .setValue(any(VALUES))
                        .build();
            default ->
                compare.setTarget(Compare.CompareTarget.LEASE)
                        .setLease(oneIn(2) ? 0 : any(LEASES))
                        .build();
        };
    }

    /** Alarms go off sooner than they go on, so that most of the run is without. */
    private Command upkeep() {
        if (oneIn(3)) {
            return new Command.LeaseCheckpoint(List.of(
                    new LeaseRecord(any(LEASES), 0, random.nextInt(120) - 5),
                    new LeaseRecord(any(LEASES), 0, random.nextInt(120) - 5)));
        }
        boolean raise = oneIn(6);
        return new Command.Alarm(AlarmRequest.newBuilder()
                .setAction(raise ? AlarmAction.ACTIVATE : AlarmAction.DEACTIVATE)
                .setMemberID(raise ? 1 + random.nextInt(3) : random.nextInt(4))
                .setAlarm(
                        oneIn(2)
                                ? AlarmType.NONE
                                : any(List.of(AlarmType.NOSPACE, AlarmType.NOSPACE, AlarmType.CORRUPT)))
                .build());
    }

    /** Anything that the log may hold; check it before it is applied. */
    public Command command(long newest) {
        return switch (random.nextInt(20)) {
            case 0 -> new Command.LeaseGrant(any(LEASES), 100);
            case 1 -> oneIn(2) ? new Command.LeaseRevoke(any(LEASES)) : new Command.LeaseGrant(any(LEASES), 100);
            // The first compaction to revision 0 changes nothing and is granted by etcd; ours refuses each.
            case 2 -> oneIn(4) ? new Command.Compact(Math.max(1, revision(newest))) : new Command.Put(put());
            case 3 -> upkeep ? upkeep() : new Command.Put(put());
            case 4, 5, 6, 7, 8 -> new Command.Put(put());
            case 9, 10 -> new Command.DeleteRange(delete());
            default -> new Command.Txn(txn(newest, 2));
        };
    }
}
